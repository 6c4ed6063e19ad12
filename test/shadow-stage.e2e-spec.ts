import { type Receipt, verifyReceipts } from '@app/rollouts';
import { ApiClient } from '../apps/cli/src/client/api-client.js';
import { type Stack, startStack } from '../apps/cli/src/start/stack.js';

const START = Date.parse('2026-01-05T00:00:00.000Z');
const DAY_MS = 86_400_000;

interface Rollout {
  readonly state: string;
  readonly stage: number;
  readonly share: number;
  readonly next: {
    readonly step: string;
    readonly reasons: ReadonlyArray<{ code: string; metric?: string }>;
    readonly gates: ReadonlyArray<{ metric: string; outcome: string; measuredUnits: number }>;
  };
}

/** A rollout that begins with mirrored requests, over HTTP: control plane, edge and worker. */
describe('a shadow stage over HTTP', () => {
  let stack: Stack;
  let control: ApiClient;
  let edge: ApiClient;
  let today = START;

  const read = (): Promise<Rollout> => control.get<Rollout>('/api/v1/rollouts/tone');
  const codes = async (): Promise<string[]> => (await read()).next.reasons.map(({ code }) => code);
  const ask = async (unit: string): Promise<{ source: string; model: { key: string } }> => {
    const { assignments } = await edge.post<{
      assignments: Array<{ source: string; model: { key: string } }>;
    }>('/api/v1/assignments', { unit, tasks: ['reply'] });
    return assignments[0]!;
  };
  /** A day passes: units ask, both models answer, and both answers are scored. */
  async function pass(units: number, from: number): Promise<void> {
    today += DAY_MS;
    await control.post('/api/v1/clock', { now: new Date(today).toISOString(), hold: true });
    const at = new Date(today).toISOString();
    const events = Array.from({ length: units }, (_, n) => from + n).flatMap((n) =>
      (['live', 'shadow'] as const).flatMap((source) =>
        [
          // Of ten units eight are good on both, one on each alone.
          { metric: 'good', value: Number(n % 10 > 1 || (n % 10 === 0) === (source === 'live')) },
          { metric: 'failed', value: Number(n % 50 === 0) },
        ].map(({ metric, value }) => ({
          ...{
            id: `${n}:${metric}:${source}`,
            type: 'outcome',
            task: 'reply',
            unit: `unit-${n}`,
            at,
            metric,
            value,
          },
          ...{ inferenceId: `call-${n}`, source },
        })),
      ),
    );
    for (let first = 0; first < events.length; first += 500) {
      const answer = await edge.post<{ rejected: unknown[] }>('/api/v1/events', {
        events: events.slice(first, first + 500),
      });
      expect(answer.rejected).toEqual([]);
    }
    await control.post('/api/v1/clock', { hold: false });
  }

  beforeAll(async () => {
    stack = await startStack({ clock: 'virtual', workers: 1, rolloutIntervalSeconds: 3600 });
    control = new ApiClient(stack.controlUrl, stack.adminKey);
    await control.post('/api/v1/clock', { now: new Date(START).toISOString(), hold: true });
    const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
      ...{ name: 'calling service', environment: 'production', role: 'service' },
    });
    edge = new ApiClient(stack.edgeUrl, key);
    for (const model of ['old', 'new']) {
      await control.post('/api/v1/models', { key: model, provider: 'test', name: model });
    }
    await control.post('/api/v1/metrics', { key: 'good', kind: 'proportion', direction: 'increase' });
    await control.post('/api/v1/metrics', { key: 'failed', kind: 'proportion', direction: 'decrease' });
    await control.post('/api/v1/tasks', { key: 'reply', unitType: 'user' });
    await control.put('/api/v1/tasks/reply/champion', { environment: 'production', model: 'old' });
    await control.post('/api/v1/experiments', {
      ...{ key: 'tone', name: 'tone', task: 'reply', environment: 'production', template: 'quality-up' },
      ...{ hypothesis: 'The challenger answers better', trafficShare: 1 },
      variants: [
        { key: 'a', model: 'old', weight: 1, control: true },
        { key: 'b', model: 'new', weight: 1, control: false },
      ],
      metrics: [
        { metric: 'good', role: 'success', mde: { value: 0.05, type: 'relative' } },
        { metric: 'failed', role: 'guardrail', margin: { value: 0.05, type: 'absolute' } },
      ],
      plan: { plannedUnits: 1000, minDays: 7 },
    });
    await control.post('/api/v1/experiments/tone/start');
    await control.post('/api/v1/experiments/tone/promote', {
      ...{ variant: 'b', reason: 'Nobody has seen it yet' },
      stages: [
        { kind: 'shadow', share: 0, minUnits: 700, bakeSeconds: 3600 },
        { share: 0.25, bakeSeconds: 3600, minUnits: 20 },
        { share: 0.5, bakeSeconds: 3600, minUnits: 20 },
      ],
    });
  }, 120_000);

  afterAll(async () => {
    await stack?.stop();
  }, 60_000);

  it('gives nobody the challenger and exposes nobody', async () => {
    expect(await read()).toMatchObject({ state: 'running', stage: 0, share: 0 });
    expect(await codes()).toEqual(['NO_SHADOW', 'BAKE_TIME']);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(`unit-${n}`)));
    expect(new Set(answers.map(({ source, model }) => `${source} ${model.key}`))).toEqual(
      new Set(['champion old']),
    );
  });

  it('waits for pairs, and takes the first canary step when they prove no loss', async () => {
    await pass(400, 0);
    const waiting = await read();
    expect(waiting).toMatchObject({ stage: 0, share: 0, next: { step: 'HOLD' } });
    expect(waiting.next.gates.map(({ metric, measuredUnits }) => [metric, measuredUnits])).toEqual([
      ['good', 400],
      ['failed', 400],
    ]);
    expect(await codes()).toContain('MIN_PAIRS');
    await pass(2400, 400);
    expect(await read()).toMatchObject({ stage: 1, share: 0.25 });
    // Units that asked before are still new.
    expect((await read()).next.reasons[0]!.code).toBe('NO_TRAFFIC');
    while ((await ask('unit-0')).source !== 'rollout');
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(`unit-${n}`)));
    expect(new Set(answers.map(({ model }) => model.key))).toEqual(new Set(['old', 'new']));
  }, 120_000);

  it('left receipts that whoever has them decides again', async () => {
    const { items } = await control.get<{ items: Array<Omit<Receipt, 'body'> & { text: string }> }>(
      '/api/v1/rollouts/tone/receipts?limit=200',
    );
    expect(items.map(({ step }) => step).filter((step) => step !== 'HOLD')).toEqual(['CREATED', 'ADVANCE']);
    expect(
      verifyReceipts(items.map(({ text, ...row }) => ({ ...row, rolloutId: 'tone', body: text }))),
    ).toEqual([]);
  });
});
