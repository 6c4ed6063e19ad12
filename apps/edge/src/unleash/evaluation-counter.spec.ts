import { compileRuleset } from '@app/bucketing';
import { type EvaluationCount, EvaluationCounts, StoreUnavailable } from '@app/events';
import { Counter } from 'prom-client';
import { aPublishedRuleset } from '../testing/edge.fixtures.js';
import { EvaluationCounter } from './evaluation-counter.js';

const ruleset = compileRuleset(aPublishedRuleset());
const TEN = new Date('2026-01-10T10:00:00.000Z');
const ELEVEN = new Date('2026-01-10T11:00:00.000Z');
const METRIC = { name: 'evaluations', help: 'as told', labelNames: ['environment', 'task', 'variant'] };

/** Keeps counts in memory, unless it is told to fail. */
class CountsInMemory extends EvaluationCounts {
  readonly kept: EvaluationCount[] = [];
  failure: Error | null = null;

  override add(counts: readonly EvaluationCount[]): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    this.kept.push(...counts);
    return Promise.resolve();
  }
}

describe('the counter of evaluations', () => {
  let now: Date;
  let store: CountsInMemory;
  let counter: EvaluationCounter;
  let said: jest.SpyInstance;

  const count = (yes: number) => counter.count('production', ruleset, 'reply', { yes });
  const row = (hour: Date, yes: number) => ({
    environment: 'production',
    task: 'reply',
    variant: '',
    hour,
    yes,
    no: 0,
  });
  const lines = () => said.mock.calls.map(([line]) => JSON.parse(line as string) as Record<string, unknown>);

  beforeEach(() => {
    now = new Date(TEN.getTime() + 59 * 60_000);
    store = new CountsInMemory();
    counter = new EvaluationCounter(
      store,
      { now: () => now },
      {
        evaluations: new Counter({ ...METRIC, registers: [] }),
      },
    );
    said = jest.spyOn(console, 'error').mockReturnValue();
  });

  afterEach(async () => {
    store.failure = null;
    await counter.close();
    said.mockRestore();
  });

  it('adds up what is told in one hour', async () => {
    count(2);
    count(3);
    await counter.flush();
    expect(store.kept).toEqual([row(TEN, 5)]);
  });

  it('keeps after an outage what was told in each hour as of that hour', async () => {
    store.failure = new StoreUnavailable(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    count(2);
    await counter.flush();
    now = ELEVEN;
    await counter.flush();
    count(3);
    store.failure = null;
    await counter.flush();
    expect(store.kept).toEqual([row(TEN, 2), row(ELEVEN, 3)]);
    expect(lines().map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'evaluation counts cannot be kept now and wait'],
      ['warn', 'evaluation counts cannot be kept now and wait'],
    ]);
  });

  it('drops what the store will never take, and says so', async () => {
    store.failure = Object.assign(new Error('bigint out of range'), { code: '22003' });
    count(2);
    await counter.flush();
    store.failure = null;
    await counter.flush();
    expect(store.kept).toEqual([]);
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'error',
        message: 'evaluation counts cannot be kept and are dropped',
        rows: 1,
        reason: 'bigint out of range',
      }),
    ]);
  });
});
