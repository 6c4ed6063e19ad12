import { ApiClient } from '../apps/cli/src/client/api-client.js';
import { type Stack, startStack } from '../apps/cli/src/start/stack.js';

const START = Date.parse('2026-01-05T00:00:00.000Z');
const DAY_MS = 86_400_000;
const UNITS = 1500;
const AT_ONCE = 50;
/** How often the answers of a model are good. */
const GOOD: Readonly<Record<string, number>> = { old: 0.5, better: 0.75 };

interface Results {
  readonly verdict: string;
  readonly words: string;
  readonly units: { readonly held: number; readonly open: number };
  readonly integrity: { readonly valid: boolean; readonly srmP: number };
  readonly effects: ReadonlyArray<{
    readonly metric: string;
    readonly held: { readonly units: number; readonly value: number };
    readonly open: { readonly units: number; readonly value: number };
    readonly difference: number;
    readonly interval: { readonly lower: number; readonly upper: number };
    readonly outcome: string;
    readonly words: string;
  }>;
}

/** A quarter over HTTP: a champion is replaced, and units that were held back show what it brought. */
describe('what a holdout measures', () => {
  let stack: Stack;
  let control: ApiClient;
  let edge: ApiClient;
  const held: string[] = [];

  const results = (): Promise<Results> => control.get<Results>('/api/v1/holdouts/q1/results');
  const moveTo = async (day: number, hold: boolean): Promise<void> => {
    await control.post('/api/v1/clock', { now: new Date(START + day * DAY_MS).toISOString(), hold });
  };
  const settle = (): Promise<unknown> => control.post('/api/v1/clock', { hold: false });
  const ask = async (task: string, unit: string): Promise<{ model: { key: string }; reason: string }> => {
    const { assignments } = await edge.post<{
      assignments: Array<{ model: { key: string }; reason: string }>;
    }>('/api/v1/assignments', { unit, tasks: [task] });
    return assignments[0]!;
  };

  beforeAll(async () => {
    stack = await startStack({ clock: 'virtual', workers: 1, lookIntervalSeconds: DAY_MS / 1000 });
    control = new ApiClient(stack.controlUrl, stack.adminKey);
    await moveTo(0, true);
    const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
      ...{ name: 'calling service', environment: 'production', role: 'service' },
    });
    edge = new ApiClient(stack.edgeUrl, key);
    for (const model of ['old', 'better']) {
      await control.post('/api/v1/models', { key: model, provider: 'test', name: model });
    }
    for (const task of ['reply', 'title', 'other']) {
      await control.post('/api/v1/tasks', { key: task, unitType: 'user' });
      await control.put(`/api/v1/tasks/${task}/champion`, { environment: 'production', model: 'old' });
    }
    await control.post('/api/v1/metrics', { key: 'good', kind: 'proportion', direction: 'increase' });
    await control.post('/api/v1/metrics', { key: 'failed', kind: 'proportion', direction: 'decrease' });
    await control.post('/api/v1/holdouts', {
      ...{ key: 'q1', environment: 'production', tasks: ['title', 'reply'], share: 0.3 },
      ...{ metrics: ['good'], plannedUnits: 900 },
    });
    await control.put('/api/v1/tasks/reply/champion', { environment: 'production', model: 'better' });
  }, 120_000);

  afterAll(async () => {
    await stack?.stop();
  }, 60_000);

  it('is nothing before anybody came', async () => {
    expect(await results()).toMatchObject({ verdict: 'UNDECIDED', units: { held: 0, open: 0 } });
  });

  it('is the difference to as many units that were not held back, on its own tasks', async () => {
    await moveTo(1, true);
    const served: Record<string, number> = {};
    const at = new Date(START + DAY_MS).toISOString();
    for (let from = 0; from < UNITS; from += AT_ONCE) {
      const events = await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, n) => {
          const unit = `unit-${from + n}`;
          const { model, reason } = await ask('reply', unit);
          if (reason === 'HOLDOUT') held.push(unit);
          const before = (served[model.key] ??= 0);
          served[model.key] = before + 1;
          const rate = GOOD[model.key]!;
          const good = Math.floor((before + 1) * rate) - Math.floor(before * rate);
          const outcome = (metric: string, task: string, value: number) => ({
            ...{ id: `${unit}:${metric}:${task}`, type: 'outcome', task, unit, at, metric, value },
          });
          return [
            outcome('good', 'reply', good),
            outcome('failed', 'title', Number((from + n) % 10 === 0)),
            // Says nothing: the task is in no holdout.
            outcome('failed', 'other', 1),
          ];
        }),
      );
      const answer = await edge.post<{ rejected: unknown[] }>('/api/v1/events', { events: events.flat() });
      expect(answer.rejected).toEqual([]);
    }
    // Asked about another of its tasks, a unit is the same unit.
    for (const unit of held.slice(0, 20)) await ask('title', unit);
    await settle();
    const found = await results();
    expect(found).toMatchObject({ verdict: 'BETTER', integrity: { valid: true } });
    expect(found.units.held).toBe(held.length);
    expect(found.units.open).toBeGreaterThan(350);
    expect(found.units.open).toBeLessThan(550);
    const [good] = found.effects;
    expect(good).toMatchObject({ metric: 'good', outcome: 'better', held: { units: held.length } });
    expect(good!.held.value).toBeCloseTo(0.5, 2);
    expect(good!.open.value).toBeGreaterThan(0.68);
    expect(good!.interval.lower).toBeGreaterThan(0);
    expect(found.words).toMatch(/^All changes since q1 began, together, have made good better/);
  }, 120_000);

  it('takes one more metric over the units it has had, and counts the same when it counts anew', async () => {
    await control.post('/api/v1/holdouts/q1/metrics', { metric: 'failed' });
    await settle();
    const found = await results();
    expect(found.effects.map(({ metric, outcome }) => [metric, outcome])).toEqual([
      ['good', 'better'],
      ['failed', 'undecided'],
    ]);
    expect(found.effects[1]!.held.value).toBeLessThan(0.2);
    expect(await control.post('/api/v1/holdouts/q1/recount', {})).toEqual({
      units: found.units.held + found.units.open,
    });
    await settle();
    expect({ ...(await results()), asOf: '' }).toEqual({ ...found, asOf: '' });
  }, 60_000);

  it('stands when it is over', async () => {
    await moveTo(2, true);
    const before = await results();
    await control.post('/api/v1/holdouts/q1/end', { reason: 'The quarter is over' });
    // The edge hears of it within a second.
    while ((await ask('reply', held[0]!)).model.key !== 'better');
    for (let n = 0; n < 20; n += 1) await ask('reply', `late-${n}`);
    await settle();
    const after = await results();
    expect(after.units).toEqual(before.units);
    expect(after.verdict).toBe('BETTER');
  }, 60_000);
});
