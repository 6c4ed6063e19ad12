import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { EventsResponse } from '@app/wire';
import type { Call } from '../http/route.js';
import { EventsRoute } from './events.route.js';
import { MemoryBudget } from './memory-budget.js';

const MEGABYTE = 1024 * 1024;

function aCall(megabytes: number, headers: Record<string, string> = {}): Call {
  const body = `{"events":[]}${' '.repeat(megabytes * MEGABYTE)}`;
  const bytes = headers['content-encoding'] === 'gzip' ? gzipSync(body) : Buffer.from(body);
  const request = Object.assign(Readable.from([bytes]), {
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { request: request as unknown as IncomingMessage } as Call;
}

describe('batches that cannot be stored yet', () => {
  const waiting: Array<() => void> = [];
  const aRoute = (budget = new MemoryBudget(64 * MEGABYTE)): EventsRoute =>
    new EventsRoute(
      {
        take: () =>
          new Promise<EventsResponse>((resolve) => {
            waiting.push(() => resolve({ accepted: 0, duplicates: 0, rejected: [] }));
          }),
      },
      budget,
    );
  const untilHeld = async (count: number): Promise<void> => {
    while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve));
  };

  it('are refused beyond what memory may hold of them, and taken again when some are through', async () => {
    const budget = new MemoryBudget(64 * MEGABYTE);
    const route = aRoute(budget);
    const held = [15, 15, 15, 15].map((megabytes) => route.handle(aCall(megabytes)));
    await untilHeld(held.length);
    await expect(route.handle(aCall(15))).rejects.toMatchObject({
      code: 'INTAKE_BUSY',
      status: 429,
      more: { headers: { 'retry-after': '1' } },
    });
    for (const done of waiting.splice(0)) done();
    await Promise.all(held);
    expect(budget.heldBytes).toBe(0);
    const next = route.handle(aCall(15));
    await untilHeld(1);
    for (const done of waiting.splice(0)) done();
    await expect(next).resolves.toMatchObject({ status: 200 });
  });

  it('are refused before they are read when they say their size', async () => {
    const call = aCall(2, { 'content-length': String(2 * MEGABYTE + 13) });
    await expect(aRoute(new MemoryBudget(MEGABYTE)).handle(call)).rejects.toMatchObject({
      code: 'INTAKE_BUSY',
    });
    expect((call.request as unknown as Readable).readableFlowing).toBeNull();
  });

  it('count by what they unpack to', async () => {
    const call = aCall(8, { 'content-encoding': 'gzip', 'content-length': '9000' });
    const budget = new MemoryBudget(MEGABYTE);
    await expect(aRoute(budget).handle(call)).rejects.toMatchObject({ code: 'INTAKE_BUSY' });
    expect(budget.heldBytes).toBe(0);
  });
});
