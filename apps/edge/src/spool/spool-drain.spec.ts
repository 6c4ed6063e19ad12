import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  anExposure,
  anOutcome,
  type AppendStatus,
  InMemoryEventStore,
  InMemoryRefusedEventStore,
  type NewEvent,
} from '@app/events';
import { ManualClock } from '@app/kernel';
import { Spool } from '@app/spool';
import { Counter, Registry } from 'prom-client';
import { EventKeeper } from './event-keeper.js';
import { SpoolDrain } from './spool-drain.js';
import { decodeBatch, encodeBatch } from './spooled-batch.js';

const NOW = new Date('2026-01-05T12:00:00Z');

/** A store that can commit and then not say so, and that does not take everything. */
class TrickyStore extends InMemoryEventStore {
  /** The next commit happens; its answer is lost. */
  loseAnswer = false;

  override async append(
    environment: string,
    events: readonly NewEvent[],
    receivedAt: Date,
  ): Promise<AppendStatus[]> {
    if (!this.unavailable && events.some(({ comment }) => comment === 'poison')) {
      throw Object.assign(new Error('invalid input'), { code: '22P02' });
    }
    const statuses = await super.append(environment, events, receivedAt);
    if (this.loseAnswer) {
      this.loseAnswer = false;
      throw new Error('Query read timeout');
    }
    return statuses;
  }
}

describe('events that cannot be stored now', () => {
  let folder: string;
  let spool: Spool;
  let store: TrickyStore;
  let refused: InMemoryRefusedEventStore;
  let keeper: EventKeeper;
  let drain: SpoolDrain;
  let drained: Counter;

  beforeEach(async () => {
    jest.spyOn(console, 'error').mockReturnValue();
    folder = mkdtempSync(path.join(tmpdir(), 'contender-drain-'));
    store = new TrickyStore();
    refused = new InMemoryRefusedEventStore();
    drained = new Counter({ name: 'd', help: 'd', labelNames: ['result'], registers: [new Registry()] });
    await open();
  });
  afterEach(async () => {
    await drain.stop(1000);
    await spool.close();
    rmSync(folder, { recursive: true, force: true });
    jest.restoreAllMocks();
  });

  async function open(): Promise<void> {
    spool = await Spool.open({ folder, maxBytes: 1e6, segmentBytes: 2000, onDamage: () => undefined });
    keeper = new EventKeeper(store, spool, (reason) => drain.wake(reason));
    drain = new SpoolDrain({
      spool,
      store,
      refused,
      clock: new ManualClock(NOW),
      monitoring: { drained },
      onBack: () => keeper.storeIsBack(),
    });
  }
  const keep = (events: NewEvent[], own: number[] = [], environment = 'production') =>
    keeper.keep({ environment, events, receivedAt: NOW, own });
  const untilDrained = async (): Promise<void> => {
    while (!spool.empty || keeper.storeAway) await new Promise((resolve) => setImmediate(resolve));
  };
  const storedIds = (): string[] => store.stored.map(({ event }) => event.id);

  it('are drained in order under their ids when the store is back', async () => {
    drain.start();
    store.unavailable = true;
    const ids = Array.from({ length: 50 }, (_, n) => `event-${100 + n}`);
    for (const id of ids) expect(await keep([anOutcome({ id })])).toEqual({ kind: 'spooled' });
    expect(store.stored).toEqual([]);
    store.unavailable = false;
    await untilDrained();
    expect(storedIds()).toEqual(ids);
    expect(store.stored[0]!.event).toEqual(anOutcome({ id: 'event-100' }));
    expect(await keep([anOutcome({ id: 'event-107' })])).toEqual({ kind: 'stored', statuses: ['duplicate'] });
  });

  it('are counted once when a commit went through and its answer did not', async () => {
    store.loseAnswer = true;
    expect(await keep([anOutcome({ id: 'a' }), anOutcome({ id: 'b' })])).toEqual({ kind: 'spooled' });
    drain.start();
    await untilDrained();
    expect(storedIds()).toEqual(['a', 'b']);
    expect(refused.kept).toEqual([]);
  });

  it('are drained by the next process, and counted once when the last one had begun', async () => {
    store.unavailable = true;
    for (const id of ['a', 'b', 'c']) await keep([anOutcome({ id })]);
    await spool.close();
    store.unavailable = false;
    await store.append('production', [anOutcome({ id: 'a' })], NOW);
    await open();
    drain.start();
    await untilDrained();
    expect(storedIds()).toEqual(['a', 'b', 'c']);
  });

  it('are set aside with the reason when their id has become that of another event', async () => {
    store.unavailable = true;
    const late = anOutcome({ id: 'a', value: 2 });
    const exposure = anExposure({ id: 'ours', attributes: { plan: 'pro' } });
    await keep([late, anOutcome({ id: 'b' }), exposure], [2]);
    store.unavailable = false;
    await store.append('production', [anOutcome({ id: 'a', value: 1 }), anExposure({ id: 'ours' })], NOW);
    drain.start();
    await untilDrained();
    expect(storedIds()).toEqual(['a', 'ours', 'b']);
    expect(refused.kept).toEqual([{ environment: 'production', event: late, reason: 'EVENT_ID_REUSED' }]);
  });

  it('do not hold up others when the store does not take one of them', async () => {
    store.unavailable = true;
    const poison = anOutcome({ id: 'p', comment: 'poison' });
    await keep([anOutcome({ id: 'a' }), poison, anOutcome({ id: 'b' })]);
    await keep([anOutcome({ id: 'c' })]);
    store.unavailable = false;
    drain.start();
    await untilDrained();
    expect(storedIds()).toEqual(['a', 'b', 'c']);
    expect(refused.kept).toEqual([{ environment: 'production', event: poison, reason: 'NOT_STORABLE' }]);
  });

  it('keep what makes them the same event', () => {
    const events = [
      anOutcome({ units: [], inferenceId: 'i', attributes: { a: [1, 'x', true, null] }, value: 1e-7 }),
      anExposure({ units: [{ unitType: 'user', unit: '\u{1F600}' }], epoch: 3, comment: '"\\\n' }),
    ];
    const batch = { environment: 'e', receivedAt: NOW, events, own: [1] };
    expect(decodeBatch(encodeBatch(batch))).toEqual(batch);
  });
});
