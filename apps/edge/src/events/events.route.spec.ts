import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { EventsResponse } from '@app/wire';
import type { Call } from '../http/route.js';
import { EventsRoute } from './events.route.js';

const MEGABYTE = 1024 * 1024;

function aCall(megabytes: number): Call {
  const body = `{"events":[]}${' '.repeat(megabytes * MEGABYTE)}`;
  const request = Object.assign(Readable.from([Buffer.from(body)]), {
    headers: { 'content-type': 'application/json' },
  });
  return { request: request as unknown as IncomingMessage } as Call;
}

describe('batches that cannot be stored yet', () => {
  it('are refused beyond what memory may hold of them, and taken again when some are through', async () => {
    const waiting: Array<() => void> = [];
    const route = new EventsRoute({
      take: () =>
        new Promise<EventsResponse>((resolve) => {
          waiting.push(() => resolve({ accepted: 0, duplicates: 0, rejected: [] }));
        }),
    });
    const held = [15, 15, 15, 15].map((megabytes) => route.handle(aCall(megabytes)));
    while (waiting.length < held.length) await new Promise((resolve) => setImmediate(resolve));
    await expect(route.handle(aCall(15))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      more: { headers: { 'retry-after': '1' } },
    });
    for (const done of waiting.splice(0)) done();
    await Promise.all(held);
    const next = route.handle(aCall(15));
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const done of waiting) done();
    await expect(next).resolves.toMatchObject({ status: 200 });
  });
});
