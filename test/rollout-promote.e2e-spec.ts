import { randomUUID } from 'node:crypto';
import type { Ruleset } from '@app/bucketing';
import { type ControlHarness, startControl } from './control-harness.js';

/** Promotion over HTTP, from looks of every verdict; the control plane alone. */
describe('promoting an experiment', () => {
  let control: ControlHarness;
  let counter = 0;

  beforeAll(async () => {
    control = await startControl();
    for (const key of ['small', 'large']) await ok('/api/v1/models', { key, provider: 'test', name: key });
    await ok('/api/v1/metrics', { key: 'quality', kind: 'mean', direction: 'increase', bounds: [0, 1] });
    await ok('/api/v1/metrics', { key: 'latency', kind: 'mean', direction: 'decrease' });
  }, 60_000);

  afterAll(async () => {
    await control?.close();
  });

  const ok = async (path: string, body: object, expected = 201): Promise<Record<string, unknown>> => {
    const answer = await control.call('post', path).send(body);
    expect([path, answer.status, answer.body]).toEqual([path, expected, answer.body]);
    return answer.body as Record<string, unknown>;
  };

  /** A running experiment at a traffic share of 10 %, and a look with a verdict on its challenger. */
  async function experiment(verdict: string | null, overrides: object = {}): Promise<string> {
    counter += 1;
    const key = `reply-${counter}`;
    await ok('/api/v1/tasks', { key, unitType: 'user' });
    const champion = { environment: 'production', model: 'small' };
    expect((await control.call('put', `/api/v1/tasks/${key}/champion`).send(champion)).status).toBe(200);
    await ok('/api/v1/experiments', {
      key,
      name: key,
      task: key,
      environment: 'production',
      hypothesis: 'The large model answers better',
      template: 'quality-up',
      variants: [
        { key: 'a', model: 'small', weight: 1, control: true },
        { key: 'b', model: 'large', weight: 1, control: false },
      ],
      trafficShare: 0.1,
      metrics: [
        { metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } },
        { metric: 'latency', role: 'guardrail', margin: { value: 30, type: 'absolute' } },
      ],
      plan: { plannedUnits: 4000 },
      ...overrides,
    });
    expect((await control.call('post', `/api/v1/experiments/${key}/start`).send({})).status).toBe(200);
    if (verdict) await look(key, verdict);
    return key;
  }

  async function look(key: string, verdict: string): Promise<void> {
    const { rows } = await control.sql.query('SELECT id FROM experiments WHERE key = $1', [key]);
    const result = {
      summaries: { quality: { a: { mean: 0.8 } }, latency: { a: { mean: 200 } } },
      comparisons: [
        {
          treatment: 'b',
          control: 'a',
          verdict,
          reasons: [{ code: 'X', message: `It is ${verdict}.` }],
          metrics: [],
        },
      ],
    };
    await control.sql.query(
      `INSERT INTO looks (id, subject_id, number, at, trigger, inputs, inputs_digest, estimator_version, result, result_digest, created_at)
       VALUES ($1, $2, 1, now(), 'schedule', '{}', 'i', '1', $3, 'r', now())`,
      [randomUUID(), rows[0].id, JSON.stringify(result)],
    );
  }

  const promote = (key: string, body: object = { variant: 'b' }) =>
    control.call('post', `/api/v1/experiments/${key}/promote`).send(body);

  it('from SHIP concludes it and begins where the challenger keeps its share', async () => {
    const key = await experiment('SHIP');
    const answer = await promote(key);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      key,
      experiment: key,
      champion: 'small@1',
      challenger: 'large@1',
      state: 'running',
      stage: 1,
      share: 0.05,
      controlShare: 0.05,
      plan: { startStage: 1, alphaHarm: 0.01, plannedUnits: 4000, carryWinners: false },
      next: { step: 'HOLD', integrityValid: true },
    });
    expect(
      answer.body.plan.metrics.map((metric: { key: string; margin: object }) => [metric.key, metric.margin]),
    ).toEqual([
      ['quality', { value: 0.05, type: 'relative', isDefault: true }],
      ['latency', { value: 30, type: 'absolute', isDefault: false }],
    ]);
    const concluded = await control.call('get', `/api/v1/experiments/${key}`);
    expect(concluded.body).toMatchObject({
      state: 'concluded',
      conclusion: { decision: 'ship', variant: 'b' },
    });
    const listed = await control.call('get', `/api/v1/rollouts?task=${key}&state=running`);
    expect(listed.body.items).toMatchObject([{ key, challenger: 'large@1' }]);
    const receipts = await control.call('get', `/api/v1/rollouts/${key}/receipts`);
    expect(receipts.body.items).toMatchObject([
      { number: 1, step: 'CREATED', previousHash: '0'.repeat(64), shareAfter: 0.05 },
    ]);
    const audit = await control.call('get', `/api/v1/audit-log?subjectType=rollout&subjectKey=${key}`);
    expect(audit.body.items).toMatchObject([{ action: 'rollout.promote', after: { share: 0.05 } }]);
  });

  it('with carryWinners says which units were not drawn for it, also when it is over', async () => {
    const key = await experiment('SHIP');
    await ok(`/api/v1/experiments/${key}/promote`, { variant: 'b', carryWinners: true });
    const newest = async () => {
      const { rows } = await control.sql.query<{ body: string }>(
        `SELECT body FROM rulesets WHERE environment = 'production' ORDER BY version DESC LIMIT 1`,
      );
      return JSON.parse(rows[0]!.body) as Ruleset;
    };
    const running = await newest();
    const { carried } = running.tasks[key]!.rollout!;
    expect(carried).toMatchObject({ experiment: key, from: 2 ** 31, to: 2 ** 32 });
    expect(running.subjects[`rollout:${key}`]).not.toHaveProperty('carried');
    await ok(`/api/v1/rollouts/${key}/rollback`, { reason: 'The contract ends' }, 200);
    const over = await newest();
    expect(over.tasks[key]!.rollout).toBeNull();
    expect(over.subjects[`rollout:${key}`]).toMatchObject({ kind: 'rollout', carried });
  });

  it.each([
    ['KEEP_RUNNING', 'KEEP_RUNNING'],
    ['STOP_NO_EFFECT', 'STOP_NO_EFFECT'],
    ['no look at all', null],
  ])('on %s needs a reason and begins at the first stage', async (_, verdict) => {
    const key = await experiment(verdict);
    const refused = await promote(key);
    expect([refused.status, refused.body.code]).toEqual([422, 'REASON_REQUIRED']);
    const answer = await promote(key, { variant: 'b', reason: 'The contract ends' });
    expect([answer.status, answer.body.stage, answer.body.share]).toEqual([201, 0, 0.01]);
  });

  it.each([
    ['STOP_HARM', 409, 'PROMOTE_REFUSED', 'STOP_HARM', {}],
    ['INVALID', 409, 'PROMOTE_REFUSED', 'INVALID', { reason: 'All the same' }],
    ['the control', 409, 'PROMOTE_REFUSED', 'SHIP', { variant: 'a' }],
    ['an unknown variant', 422, 'VARIANT_UNKNOWN', 'SHIP', { variant: 'z' }],
    ['a share above a half', 422, 'ROLLOUT_PLAN_INVALID', 'SHIP', { stages: [{ share: 0.7 }] }],
    ['falling shares', 422, 'ROLLOUT_PLAN_INVALID', 'SHIP', { stages: [{ share: 0.3 }, { share: 0.2 }] }],
    [
      'a wide margin at 25 %',
      422,
      'ROLLOUT_PLAN_INVALID',
      'SHIP',
      { stages: [{ share: 0.25, marginFactor: 1.5 }] },
    ],
    [
      'a margin that says nothing',
      422,
      'STAGE_MARGIN_TOO_WIDE',
      'SHIP',
      { stages: [{ share: 0.01, marginFactor: 6 }, { share: 0.5 }] },
    ],
    [
      'a freeze that ends before it begins',
      422,
      'ROLLOUT_PLAN_INVALID',
      'SHIP',
      { freezeWindows: [{ from: '2026-02-02T00:00:00Z', to: '2026-02-01T00:00:00Z', reason: 'x' }] },
    ],
    ['no stage', 400, 'VALIDATION_FAILED', 'SHIP', { stages: [] }],
    ['a negative bake time', 400, 'VALIDATION_FAILED', 'SHIP', { stages: [{ share: 0.5, bakeSeconds: -1 }] }],
    ['half a unit', 400, 'VALIDATION_FAILED', 'SHIP', { stages: [{ share: 0.5, minUnits: 1.5 }] }],
    ['a field that does not exist', 400, 'VALIDATION_FAILED', 'SHIP', { stagez: [] }],
    ['a blank reason', 400, 'VALIDATION_FAILED', 'SHIP', { reason: ' ' }],
    ['no variant', 400, 'VALIDATION_FAILED', 'SHIP', { variant: undefined }],
  ])('refuses %s and leaves nothing behind', async (_, status, code, verdict, body) => {
    const key = await experiment(verdict);
    const before = await control.rowCounts();
    const answer = await promote(key, { variant: 'b', ...body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toMatch(/application\/problem\+json/);
    expect(await control.rowCounts()).toEqual(before);
    expect((await control.call('get', `/api/v1/experiments/${key}`)).body.state).toBe('running');
  });

  it('takes a template and a dry run of its own', async () => {
    const key = await experiment('SHIP');
    const answer = await promote(key, { variant: 'b', template: 'emergency', dryRun: true });
    expect(answer.body).toMatchObject({
      share: 0.5,
      plan: { template: 'emergency', dryRun: true, stages: [{ share: 0.5, bakeSeconds: 0 }] },
      next: { step: 'HOLD', reasons: [{ code: 'MANUAL_ONLY' }] },
    });
    const unknown = await promote(await experiment('SHIP'), { variant: 'b', template: 'hope' });
    expect([unknown.status, unknown.body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('is rehearsed on what the experiment has shown, and begins nothing', async () => {
    const key = await experiment('SHIP', {
      metrics: [{ metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } }],
    });
    const rehearse = (body: object) =>
      control.call('post', `/api/v1/experiments/${key}/rehearse`).send({ variant: 'b', ...body });
    const early = await rehearse({});
    expect([early.status, early.body.code]).toEqual([409, 'REHEARSAL_NO_HISTORY']);
    const { rows } = await control.sql.query(
      `SELECT e.id, m.id AS metric FROM experiments e, metrics m WHERE e.key = $1 AND m.key = 'quality'`,
      [key],
    );
    await control.sql.query(
      `INSERT INTO unit_exposures (subject_id, unit, bucket, epoch, variant, first_at, crossing)
       VALUES ($1, 'first', 0, 1, 'a', now() - interval '2 days', false), ($1, 'last', 0, 1, 'a', now(), false)`,
      [rows[0].id],
    );
    for (const variant of ['a', 'b']) {
      await control.sql.query(`INSERT INTO exposure_sums VALUES ($1, '', '', 0, 1, $2, 2000, 0, 0)`, [
        rows[0].id,
        variant,
      ]);
      await control.sql.query(
        `INSERT INTO metric_sums (subject_id, dimension, value, shard, epoch, variant, metric_id, n, y, yy, events, last_at)
         VALUES ($1, '', '', 0, 1, $2, $3, 2000, 1400, 1080, 2000, now())`,
        [rows[0].id, variant, rows[0].metric],
      );
    }
    const before = await control.rowCounts();
    const answer = await rehearse({ runs: 20, seed: 5 });
    expect(answer.status).toBe(200);
    // 4000 units in two days, of a tenth of the task's.
    expect(answer.body).toMatchObject({
      runs: 20,
      seed: 5,
      unitsPerDay: 20_000,
      plan: { template: 'quality-up', plannedUnits: 4000, dryRun: false },
      chanceToPromoteWinner: expect.any(Number),
      atMargin: { quality: { promoted: expect.any(Number) } },
    });
    expect(answer.body.chanceToPromoteWinner).toBeGreaterThan(0.8);
    expect(answer.body.chanceToShipHarm).toBeLessThan(0.3);
    expect((await rehearse({ runs: 20, seed: 5 })).body).toEqual(answer.body);
    expect(await control.rowCounts()).toEqual(before);
    expect((await control.call('get', `/api/v1/experiments/${key}`)).body.state).toBe('running');
    const refused = await rehearse({ stages: [{ share: 0.7 }] });
    expect([refused.status, refused.body.code]).toEqual([422, 'ROLLOUT_PLAN_INVALID']);
  });

  it('refuses what is not there', async () => {
    expect((await promote('nobody')).body).toMatchObject({ status: 404, code: 'EXPERIMENT_UNKNOWN' });
    expect((await control.call('get', '/api/v1/rollouts/nobody')).body).toMatchObject({
      code: 'ROLLOUT_UNKNOWN',
    });
    expect((await control.call('get', '/api/v1/rollouts/nobody/receipts')).body).toMatchObject({
      code: 'ROLLOUT_UNKNOWN',
    });
    expect((await control.call('get', '/api/v1/rollouts?state=sleeping')).body).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  it('is for editors; viewers read', async () => {
    const key = await experiment('SHIP');
    const { key: viewer } = await ok('/api/v1/api-keys', { name: 'reader', role: 'viewer' });
    const refused = await control
      .call('post', `/api/v1/experiments/${key}/promote`, viewer as string)
      .send({ variant: 'b' });
    expect([refused.status, refused.body.code]).toEqual([403, 'ROLE_NOT_ALLOWED']);
    await promote(key);
    expect((await control.call('get', `/api/v1/rollouts/${key}`, viewer as string)).status).toBe(200);
    const hold = await control
      .call('post', `/api/v1/rollouts/${key}/hold`, viewer as string)
      .send({ reason: 'x' });
    expect(hold.status).toBe(403);
  });

  it('keeps an editor of another environment out', async () => {
    const key = await experiment('SHIP');
    const { key: stranger } = await ok('/api/v1/api-keys', {
      name: 'tester',
      role: 'editor',
      environment: 'staging',
    });
    const promoted = await control
      .call('post', `/api/v1/experiments/${key}/promote`, stranger as string)
      .send({ variant: 'b' });
    expect(promoted.status).toBeGreaterThanOrEqual(403);
    await promote(key);
    const back = await control
      .call('post', `/api/v1/rollouts/${key}/rollback`, stranger as string)
      .send({ reason: 'x' });
    expect([back.status, back.body.code]).toEqual([403, 'ENVIRONMENT_NOT_ALLOWED']);
  });

  it('done twice with one Idempotency-Key begins one rollout', async () => {
    const key = await experiment('SHIP');
    const send = () => promote(key).set('Idempotency-Key', `promote-${key}`);
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect((await promote(key)).body).toMatchObject({ code: 'ROLLOUT_ALREADY_ACTIVE' });
  });
});
