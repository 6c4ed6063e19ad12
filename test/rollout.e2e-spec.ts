import { plainDataSource } from '@app/database';
import { type Receipt, verifyReceipts } from '@app/rollouts';
import { ApiClient, ApiError } from '../apps/cli/src/client/api-client.js';
import { type Stack, startStack } from '../apps/cli/src/start/stack.js';
import { type Verification, verify } from '../apps/cli/src/verify/verify.js';

const START = '2026-01-05T00:00:00.000Z';
const DAY_MS = 86_400_000;
const AT_ONCE = 60;

interface Rollout {
  readonly key: string;
  readonly state: string;
  readonly stage: number;
  readonly share: number;
  readonly next: {
    readonly step: string;
    readonly reasons: ReadonlyArray<{ code: string; message: string }>;
  } | null;
}
interface ReceiptRow extends Omit<Receipt, 'body'> {
  readonly text: string;
  readonly body: { readonly reasons: ReadonlyArray<{ code: string; message: string }> };
}
interface Assignment {
  readonly variant: string | null;
  readonly model: { readonly key: string };
  readonly source: string;
  readonly assignmentId: string;
}

/** How often a model's answers are good, and how often they fail. */
interface Truth {
  readonly good: number;
  readonly failed: number;
}

/**
 * Rollouts over HTTP: two workers, an edge that answers while the share moves, and time in days. Traffic is drawn
 * exactly at its rates (every k-th unit), so that no run differs from another by chance.
 */
describe('a rollout over HTTP, with two workers', () => {
  let stack: Stack;
  let control: ApiClient;
  let edge: ApiClient;
  let today = Date.parse(START);
  let visits = 0;

  beforeAll(async () => {
    stack = await startStack({
      clock: 'virtual',
      workers: 2,
      lookIntervalSeconds: DAY_MS / 1000,
      rolloutIntervalSeconds: 3600,
    });
    control = new ApiClient(stack.controlUrl, stack.adminKey);
    await control.post('/api/v1/clock', { now: START, hold: true });
    const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
      name: 'calling service',
      environment: 'production',
      role: 'service',
    });
    edge = new ApiClient(stack.edgeUrl, key);
    for (const model of ['old', 'better', 'broken']) {
      await control.post('/api/v1/models', { key: model, provider: 'test', name: model });
    }
    await control.post('/api/v1/metrics', { key: 'good', kind: 'proportion', direction: 'increase' });
    await control.post('/api/v1/metrics', { key: 'failed', kind: 'proportion', direction: 'decrease' });
  }, 120_000);

  afterAll(async () => {
    await stack?.stop();
  }, 60_000);

  /** A task with its champion, an experiment on it, and the experiment's rollout from the first stage. */
  async function begin(task: string, challenger: string, stages?: object[]): Promise<Rollout> {
    await control.post('/api/v1/tasks', { key: task, unitType: 'user' });
    await control.put(`/api/v1/tasks/${task}/champion`, { environment: 'production', model: 'old' });
    await control.post('/api/v1/experiments', {
      key: task,
      name: task,
      task,
      environment: 'production',
      hypothesis: 'The challenger answers better',
      template: 'quality-up',
      variants: [
        { key: 'a', model: 'old', weight: 1, control: true },
        { key: 'b', model: challenger, weight: 1, control: false },
      ],
      trafficShare: 1,
      metrics: [
        { metric: 'good', role: 'success', mde: { value: 0.05, type: 'relative' } },
        { metric: 'failed', role: 'guardrail', margin: { value: 0.1, type: 'absolute' } },
      ],
      plan: { plannedUnits: 400, minDays: 7 },
    });
    await control.post(`/api/v1/experiments/${task}/start`);
    return control.post<Rollout>(`/api/v1/experiments/${task}/promote`, {
      variant: 'b',
      reason: 'An e2e test',
      stages: stages ?? [
        { share: 0.25, bakeSeconds: 3600, minUnits: 20 },
        { share: 0.5, bakeSeconds: 3600, minUnits: 20 },
      ],
    });
  }

  /** A day passes: units ask and are scored, then the workers do what is due. */
  async function pass(
    task: string,
    units: number,
    truth: Record<string, Truth>,
  ): Promise<Map<string, number>> {
    today += DAY_MS;
    await control.post('/api/v1/clock', { now: new Date(today).toISOString(), hold: true });
    const served = await traffic(task, units, truth);
    await control.post('/api/v1/clock', { hold: false });
    return served;
  }

  async function traffic(
    task: string,
    units: number,
    truth: Record<string, Truth>,
  ): Promise<Map<string, number>> {
    const served = new Map<string, number>();
    const at = new Date(today + 1).toISOString();
    for (let from = 0; from < units; from += AT_ONCE) {
      const events = await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, units - from) }, async () => {
          visits += 1;
          const unit = `unit-${visits}`;
          const { model, assignmentId } = await ask(task, unit);
          const count = served.get(model.key) ?? 0;
          served.set(model.key, count + 1);
          const { good, failed } = truth[model.key]!;
          const outcome = (metric: string, rate: number) => ({
            id: `${unit}:${metric}`,
            type: 'outcome',
            task,
            unit,
            at,
            metric,
            value: Math.floor((count + 1) * rate) - Math.floor(count * rate),
            assignmentId,
          });
          return [outcome('good', good), outcome('failed', failed)];
        }),
      );
      const answer = await edge.post<{ rejected: unknown[] }>('/api/v1/events', { events: events.flat() });
      expect(answer.rejected).toEqual([]);
    }
    return served;
  }

  async function ask(task: string, unit: string, expose = true): Promise<Assignment> {
    const { assignments } = await edge.post<{ assignments: Assignment[] }>('/api/v1/assignments', {
      unit,
      tasks: [task],
      expose,
    });
    return assignments[0]!;
  }

  /** Asks for one new unit after the other until it is stopped; a request that fails fails the test. */
  function keepAsking(task: string): { stop: () => Promise<readonly string[]> } {
    const models: string[] = [];
    let stopped = false;
    const asking = (async () => {
      for (let left = 3; left > 0; left -= Number(stopped)) {
        models.push((await ask(task, `asking-${task}-${models.length}`)).model.key);
      }
    })();
    return {
      stop: async () => {
        stopped = true;
        await asking;
        return models;
      },
    };
  }

  const read = (key: string): Promise<Rollout> => control.get<Rollout>(`/api/v1/rollouts/${key}`);
  const receipts = async (key: string): Promise<readonly ReceiptRow[]> =>
    (await control.get<{ items: ReceiptRow[] }>(`/api/v1/rollouts/${key}/receipts?limit=200`)).items;
  const moves = async (key: string): Promise<string[]> =>
    (await receipts(key)).map(({ step }) => step).filter((step) => step !== 'HOLD');
  /** Decides every step again from what its receipt carries. */
  const verified = async (key: string): Promise<unknown[]> =>
    verifyReceipts((await receipts(key)).map(({ text, ...row }) => ({ ...row, rolloutId: key, body: text })));
  const champion = async (task: string): Promise<string> =>
    (
      await control.get<{ environments: Array<{ environment: string; champion: string }> }>(
        `/api/v1/tasks/${task}`,
      )
    ).environments.find(({ environment }) => environment === 'production')!.champion;
  const follows = async (condition: () => Promise<boolean>): Promise<void> => {
    const deadline = Date.now() + 10_000;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error('the edge did not follow');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };

  const TRUTH = {
    old: { good: 0.6, failed: 0.02 },
    better: { good: 0.9, failed: 0.02 },
    broken: { good: 0.6, failed: 0.6 },
  };

  it('brings a better model to 100 % by proof, and the next answer is the new champion', async () => {
    expect(await begin('greeting', 'better')).toMatchObject({
      key: 'greeting',
      state: 'running',
      stage: 0,
      share: 0.25,
    });
    await follows(async () => (await ask('greeting', 'probe', false)).source !== 'experiment');
    for (let days = 0; days < 20 && (await read('greeting')).state === 'running'; days += 1) {
      await pass('greeting', 160, TRUTH);
    }
    expect(await read('greeting')).toMatchObject({ state: 'promoted', share: 1, next: null });
    expect(await moves('greeting')).toEqual(['CREATED', 'ADVANCE', 'PROMOTE']);
    expect(await verified('greeting')).toEqual([]);
    expect(await champion('greeting')).toBe('better@1');
    await follows(async () => (await ask('greeting', 'probe', false)).source === 'champion');
    for (const unit of ['one', 'two', 'three']) {
      expect(await ask('greeting', unit, false)).toMatchObject({
        source: 'champion',
        model: { key: 'better' },
      });
    }
  }, 180_000);

  it('rolls a broken model back while traffic flows, in words anyone understands', async () => {
    await begin('summary', 'broken');
    await follows(async () => (await ask('summary', 'probe', false)).source !== 'experiment');
    const asking = keepAsking('summary');
    // A margin in the metric's own unit needs 100 units in each arm before harm is called.
    const served = await pass('summary', 600, TRUTH);
    expect(served.get('broken')).toBeGreaterThan(100);
    expect(await read('summary')).toMatchObject({ state: 'rolled-back', share: 0 });
    expect(await moves('summary')).toEqual(['CREATED', 'ROLLBACK']);
    const { body } = (await receipts('summary')).at(-1)!;
    expect(body.reasons[0]).toMatchObject({
      code: 'HARM',
      message: expect.stringMatching(/^failed is worse than may be accepted/),
    });
    expect(await verified('summary')).toEqual([]);
    expect(await champion('summary')).toBe('old@1');
    await follows(async () => (await ask('summary', 'probe', false)).source === 'champion');
    // Nobody who asked meanwhile was turned away: each got one model or the other, and in the end the champion.
    const asked = await asking.stop();
    expect(new Set(asked)).toEqual(new Set(['old', 'broken']));
    expect(asked.slice(-3)).toEqual(['old', 'old', 'old']);
    expect([...(await traffic('summary', 100, TRUTH)).keys()]).toEqual(['old']);
  }, 120_000);

  it('a hold stops what would go up, and not what has to go back', async () => {
    await begin('title', 'better');
    await control.post('/api/v1/rollouts/title/hold', { reason: 'Waiting for legal' });
    await follows(async () => (await ask('title', 'probe', false)).source !== 'experiment');
    await pass('title', 240, TRUTH);
    expect(await read('title')).toMatchObject({
      state: 'held',
      share: 0.25,
      next: { reasons: [{ code: 'HELD_BY_PERSON' }] },
    });
    await control.post('/api/v1/rollouts/title/resume', { reason: 'Legal agrees' });
    await pass('title', 240, TRUTH);
    expect(await read('title')).toMatchObject({ state: 'running', share: 0.5 });
    await control.post('/api/v1/rollouts/title/hold', { reason: 'Lunch' });
    await pass('title', 200, { ...TRUTH, better: { good: 0.2, failed: 0.9 } });
    expect(await read('title')).toMatchObject({ state: 'rolled-back', share: 0 });
    expect(await verified('title')).toEqual([]);
  }, 120_000);

  it('people roll back, wait for the cool-down, and are told what they cannot do', async () => {
    await begin('tone', 'better', [
      { share: 0.05, bakeSeconds: 0 },
      { share: 0.5, bakeSeconds: 0, requiresApproval: true },
    ]);
    const refused = async (path: string, body: object = { reason: 'Because' }): Promise<unknown> =>
      control.post(path, body).then(
        () => 'accepted',
        (error: ApiError) => [error.status, error.code],
      );
    expect(await refused('/api/v1/rollouts/tone/resume')).toEqual([409, 'ROLLOUT_TRANSITION_REFUSED']);
    expect(await refused('/api/v1/rollouts/tone/advance')).toEqual([409, 'ROLLOUT_ADVANCE_REFUSED']);
    expect(await refused('/api/v1/rollouts/tone/approve', {})).toEqual([400, 'VALIDATION_FAILED']);
    expect(await refused('/api/v1/rollouts/tone/approve')).toBe('accepted');
    expect(await refused('/api/v1/rollouts/tone/approve')).toEqual([409, 'APPROVAL_NOT_NEEDED']);
    expect(await refused('/api/v1/rollouts/tone/advance')).toBe('accepted');
    expect(await read('tone')).toMatchObject({ stage: 1, share: 0.5 });
    expect(await refused('/api/v1/rollouts/tone/advance')).toEqual([409, 'PROMOTE_NOT_PROVEN']);
    expect(await refused('/api/v1/rollouts/nobody/hold')).toEqual([404, 'ROLLOUT_UNKNOWN']);
    expect(await refused('/api/v1/rollouts/tone/rollback')).toBe('accepted');
    expect(await refused('/api/v1/experiments/tone/promote', { variant: 'b', reason: 'Again' })).toEqual([
      409,
      'ROLLOUT_COOLING_DOWN',
    ]);
    expect(await refused('/api/v1/experiments/tone/promote', { variant: 'a', reason: 'Again' })).toEqual([
      409,
      'PROMOTE_REFUSED',
    ]);
    expect(await moves('tone')).toEqual(['CREATED', 'APPROVED', 'ADVANCE', 'ROLLBACK']);
    expect(await verified('tone')).toEqual([]);
  }, 60_000);

  it('moves once though both workers are killed while they move it', async () => {
    await begin('killed', 'better');
    await follows(async () => (await ask('killed', 'probe', false)).source !== 'experiment');
    for (let days = 0; days < 20 && (await read('killed')).state === 'running'; days += 1) {
      today += DAY_MS;
      await control.post('/api/v1/clock', { now: new Date(today).toISOString(), hold: true });
      await traffic('killed', 160, TRUTH);
      const settled = control.post('/api/v1/clock', { hold: false });
      stack.kill(days % 2 === 0 ? 'worker' : 'worker-2', 'SIGKILL');
      await settled;
    }
    await stack.ready();
    expect(await read('killed')).toMatchObject({ state: 'promoted', share: 1 });
    expect(await moves('killed')).toEqual(['CREATED', 'ADVANCE', 'PROMOTE']);
    expect(await verified('killed')).toEqual([]);
    expect(await champion('killed')).toBe('better@1');
  }, 240_000);

  it('is verified from what is stored, and a changed look or receipt is found', async () => {
    const source = await plainDataSource({ url: stack.databaseUrl, poolSize: 1 }).initialize();
    const findings = async (): Promise<string[]> =>
      ((await verify(source, 'greeting')) as Verification).findings.map(
        ({ what, code }) => `${what} ${code}`,
      );
    try {
      expect(await verify(source, 'greeting')).toMatchObject({
        looks: expect.any(Number),
        findings: [],
      });
      expect(await verify(source, 'nothing')).toBeNull();
      // Somebody with the database's password, past the triggers that keep both tables append-only.
      await source.query(`SET session_replication_role = replica`);
      await source.query(
        `UPDATE looks SET result = replace(result, '"verdict":"', '"verdict":"X') WHERE number = 1 AND subject_id =
         (SELECT id FROM experiments WHERE key = 'greeting')`,
      );
      await source.query(
        `UPDATE rollout_receipts SET body = replace(body, 'The challenger', 'Nobody') WHERE step = 'PROMOTE'
         AND rollout_id = (SELECT id FROM rollouts WHERE key = 'greeting')`,
      );
      expect(await findings()).toEqual([
        'look 1 RESULT_MISMATCH',
        expect.stringMatching(/^receipt \d+ HASH_MISMATCH$/),
      ]);
    } finally {
      await source.destroy();
    }
  });
});
