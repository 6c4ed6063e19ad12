import type { Exposure } from '@app/assignment';
import { type AppendStatus, InMemoryEventStore, type NewEvent } from '@app/events';
import { ManualClock } from '@app/kernel';
import { Counter, Registry } from 'prom-client';
import { keepAttributes } from '../events/stored-attributes.js';
import { ExposureRecorder } from './exposure-recorder.js';
import { RecentIds } from './recent-ids.js';

const exposure = (id: string): Exposure => ({
  id,
  task: 'reply',
  unitType: 'user',
  unit: `unit of ${id}`,
  at: new Date(0),
  subjectId: 's',
  epoch: 1,
  variant: 'a',
  carried: id.startsWith('carried'),
  attributes: null,
});

function aRecorder(
  limits: { capacity?: number; attributeCapacity?: number } = {},
  store = new InMemoryEventStore(),
) {
  const counter = new Counter({
    name: 'exposures',
    help: 'of a test',
    labelNames: ['result'],
    registers: [new Registry()],
  });
  // Nothing is stored by itself within a test: flush and close do it.
  const recorder = new ExposureRecorder(
    store,
    new ManualClock(new Date(0)),
    { exposures: counter },
    keepAttributes('*'),
    {
      gatherMs: 1_000_000,
      ...limits,
    },
  );
  const counted = async () =>
    Object.fromEntries((await counter.get()).values.map(({ labels, value }) => [labels.result, value]));
  return { store, recorder, counted };
}

describe('recording exposures', () => {
  beforeEach(() => jest.spyOn(console, 'error').mockReturnValue());
  afterEach(() => jest.restoreAllMocks());

  it('stores each once, however often it is given', async () => {
    const { store, recorder } = aRecorder();
    recorder.record('production', [exposure('1'), exposure('2'), exposure('1')]);
    recorder.record('staging', [exposure('3')]);
    await recorder.close(1000);
    recorder.record('production', [exposure('1')]);
    expect(recorder.pendingCount).toBe(0);
    expect(store.stored.map(({ environment, event }) => [environment, event.id])).toEqual([
      ['production', '1'],
      ['production', '2'],
      ['staging', '3'],
    ]);
  });

  it('keeps them while the store is away and stores them when it is back', async () => {
    const { store, recorder } = aRecorder();
    store.unavailable = true;
    recorder.record('production', [exposure('1')]);
    expect(await recorder.flush()).toBe(false);
    expect(recorder.isStored('1')).toBe(false);
    store.unavailable = false;
    await recorder.close(1000);
    expect(store.stored).toHaveLength(1);
    expect(recorder.isStored('1')).toBe(true);
  });

  it('drops and counts what is beyond its bound, and takes it at the next answer', async () => {
    const { store, recorder, counted } = aRecorder({ capacity: 1 });
    recorder.record('production', [exposure('1'), exposure('2')]);
    expect(recorder.pendingCount).toBe(1);
    expect(await counted()).toEqual({ dropped: 1 });
    await recorder.flush();
    recorder.record('production', [exposure('2')]);
    await recorder.close(1000);
    expect(store.stored.map(({ event }) => event.id)).toEqual(['1', '2']);
  });

  it('bounds what callers say about units, not only how many units there are', async () => {
    const { store, recorder, counted } = aRecorder({ attributeCapacity: 1000 });
    const wordy = (id: string): Exposure => ({ ...exposure(id), attributes: { words: 'x'.repeat(600) } });
    recorder.record('production', [wordy('1'), wordy('2'), exposure('3')]);
    expect(recorder.pendingCount).toBe(2);
    expect(await counted()).toEqual({ dropped: 1 });
    await recorder.flush();
    recorder.record('production', [wordy('2')]);
    await recorder.close(1000);
    expect(store.stored.map(({ event }) => event.id)).toEqual(['1', '3', '2']);
  });

  it('does not let one that the store refuses hold up the others', async () => {
    class Picky extends InMemoryEventStore {
      override async append(
        environment: string,
        events: readonly NewEvent[],
        at: Date,
      ): Promise<AppendStatus[]> {
        if (events.some(({ id }) => id === 'bad')) throw new Error('violates a constraint');
        return super.append(environment, events, at);
      }
    }
    const { store, recorder, counted } = aRecorder({}, new Picky());
    recorder.record('production', [exposure('1'), exposure('bad'), exposure('2')]);
    await recorder.close(1000);
    expect(store.stored.map(({ event }) => event.id)).toEqual(['1', '2']);
    expect(await counted()).toEqual({ recorded: 2, refused: 1 });
  });

  it('marks units that keep a winner', async () => {
    const { store, recorder } = aRecorder();
    recorder.record('production', [exposure('carried-1'), exposure('1')]);
    await recorder.close(1000);
    expect(store.stored.map(({ event }) => [event.id, event.source])).toEqual([
      ['1', 'edge'],
      ['carried-1', 'carried'],
    ]);
  });
});

describe('RecentIds', () => {
  it('knows at least the last ones, and not more than twice as many', () => {
    const ids = new RecentIds(2);
    for (const id of ['a', 'b', 'c', 'd', 'e']) ids.add(id);
    expect(['a', 'b', 'd', 'e'].map((id) => ids.has(id))).toEqual([false, false, true, true]);
    ids.add('d');
    expect(['c', 'd', 'e'].map((id) => ids.has(id))).toEqual([true, true, true]);
  });

  it('forgets without walking over what it forgot before', () => {
    const walked = jest.spyOn(Set.prototype, Symbol.iterator);
    const ids = new RecentIds(10);
    for (let id = 0; id < 100; id += 1) ids.add(String(id));
    expect(walked).not.toHaveBeenCalled();
    walked.mockRestore();
  });
});
