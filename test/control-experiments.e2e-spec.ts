import {
  CHAMPION_EXAMPLE,
  EXPERIMENT_EXAMPLE,
  METRIC_EXAMPLES,
  MODEL_EXAMPLES,
  TASK_EXAMPLE,
} from '../apps/control/src/openapi/examples.js';
import type { Ruleset } from '@app/bucketing';
import { type ControlHarness, startControl } from './control-harness.js';

// Setting up a database and an app can take long on a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

describe('experiments over HTTP', () => {
  let control: ControlHarness;

  const post = (path: string, body: object = {}) => control.call('post', path).send(body);
  const path = (key: string): string => `/api/v1/experiments/${key}`;
  const latest = async (): Promise<Ruleset> => {
    const { rows } = await control.sql.query<{ body: string }>(
      `SELECT body FROM rulesets WHERE environment = 'production' ORDER BY version DESC LIMIT 1`,
    );
    return JSON.parse(rows[0]!.body) as Ruleset;
  };
  const published = async (key: string) =>
    (await latest()).tasks['support-reply']!.experiments.find((one) => one.key === key);
  const create = async (key: string, more: object = {}): Promise<void> => {
    await post('/api/v1/experiments', { ...EXPERIMENT_EXAMPLE, key, trafficShare: 0.1, ...more }).expect(201);
  };
  const patch = (key: string, revision: number, body: object) =>
    control.call('patch', path(key)).set('If-Match', `"${revision}"`).send(body);
  const end = (key: string) => post(`${path(key)}/conclude`, { decision: 'stop', reason: 'over' });

  beforeAll(async () => {
    control = await startControl();
    for (const { value } of Object.values(MODEL_EXAMPLES)) await post('/api/v1/models', value).expect(201);
    await post('/api/v1/tasks', TASK_EXAMPLE).expect(201);
    await control.call('put', '/api/v1/tasks/support-reply/champion').send(CHAMPION_EXAMPLE).expect(200);
    for (const { value } of Object.values(METRIC_EXAMPLES)) await post('/api/v1/metrics', value).expect(201);
  });
  afterAll(() => control.close());

  it('goes from a draft to an archive, and edges see it only while it runs', async () => {
    await create('whole-life');
    expect(await published('whole-life')).toBeUndefined();

    const started = await post(`${path('whole-life')}/start`).expect(200);
    expect(started.body).toMatchObject({
      state: 'running',
      nStar: { large: 5000 },
      plan: { plannedUnits: 5000 },
    });
    expect(started.headers.etag).toBe('"2"');
    expect(await published('whole-life')).toMatchObject({
      epoch: 1,
      paused: false,
      salt: 'experiment:whole-life:variant',
      variants: [
        { key: 'small', model: 'support-small@1', weight: 1, control: true },
        { key: 'large', model: 'support-large@1', weight: 1, control: false },
      ],
    });

    await post(`${path('whole-life')}/pause`, { reason: 'an incident' }).expect(200);
    expect(await published('whole-life')).toMatchObject({ paused: true });
    await post(`${path('whole-life')}/resume`).expect(200);
    const body = { decision: 'ship', variant: 'large', reason: 'it is better' };
    const concluded = await post(`${path('whole-life')}/conclude`, body).expect(200);
    expect(concluded.body.conclusion).toMatchObject({
      decision: 'ship',
      variant: 'large',
      by: 'first admin',
    });
    expect(await published('whole-life')).toBeUndefined();
    expect((await latest()).subjects).toHaveProperty('experiment:whole-life');
    await post(`${path('whole-life')}/archive`).expect(200);

    const audit = await control.call('get', '/api/v1/audit-log?subjectKey=whole-life').expect(200);
    expect(audit.body.items.map((row: { action: string }) => row.action).reverse()).toEqual([
      'experiment.create',
      'experiment.start',
      'experiment.pause',
      'experiment.resume',
      'experiment.conclude',
      'experiment.archive',
    ]);
  });

  it('fixes plan, margins and versions at start, opens its subject and plans its looks', async () => {
    await create('fixed', {
      metrics: [
        { metric: 'quality', role: 'success', mde: { value: 0.02, type: 'absolute' } },
        { metric: 'slow-answer', role: 'guardrail' },
      ],
      plan: { plannedUnits: 900 },
      endAt: '2099-01-01T00:00:00Z',
    });
    await control
      .call('put', '/api/v1/metrics/quality')
      .send({ kind: 'mean', direction: 'increase', bounds: [0, 2] })
      .expect(200);
    await post(`${path('fixed')}/start`).expect(200);
    const { rows } = await control.sql.query(
      `SELECT x.fixed_at_start AS fixed, s.unit_type, e.weights,
              (SELECT array_agg(kind ORDER BY kind) FROM schedules d WHERE d.subject_id = x.id) AS schedules
       FROM experiments x JOIN subjects s ON s.id = x.id JOIN epochs e ON e.subject_id = x.id AND e.number = 1
       WHERE x.key = 'fixed'`,
    );
    expect(rows[0]).toMatchObject({
      unit_type: 'user',
      weights: { small: 1, large: 1 },
      schedules: ['look', 'stop'],
      fixed: {
        plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 900, minDays: 7 },
        nStar: { large: 900 },
        metrics: [
          { key: 'quality', version: 2, bounds: [0, 2], mde: { value: 0.02, type: 'absolute' } },
          { key: 'slow-answer', margin: { value: 0.05, type: 'relative', isDefault: true } },
        ],
      },
    });
    await end('fixed').expect(200);
  });

  it('gives experiments of one task separate traffic, and refuses what is not there', async () => {
    await create('third-a', { trafficShare: 0.6 });
    await create('third-b', { trafficShare: 0.3 });
    await create('third-c', { trafficShare: 0.2 });
    await post(`${path('third-a')}/start`).expect(200);
    await post(`${path('third-b')}/start`).expect(200);
    const refused = await post(`${path('third-c')}/start`).expect(409);
    expect(refused.body.code).toBe('TRAFFIC_NOT_AVAILABLE');
    expect(refused.body.detail).toContain('only 10 % is free; taken by third-a (60 %), third-b (30 %)');
    const check = await post(`${path('third-c')}/check`).expect(200);
    expect(check.body).toMatchObject({ startable: false, problems: [{ code: 'TRAFFIC_NOT_AVAILABLE' }] });

    await end('third-a').expect(200);
    await post(`${path('third-c')}/start`).expect(200);
    const b = (await published('third-b'))!.ranges;
    const c = (await published('third-c'))!.ranges;
    const overlap = b.some(([from, to]) =>
      c.some(([otherFrom, otherTo]) => from < otherTo && otherFrom < to),
    );
    expect(overlap).toBe(false);
    await end('third-b').expect(200);
    await end('third-c').expect(200);
  });

  it('takes traffic once when two experiments start at the same moment', async () => {
    await create('race-a', { trafficShare: 0.7 });
    await create('race-b', { trafficShare: 0.7 });
    const answers = await Promise.all(['race-a', 'race-b'].map((key) => post(`${path(key)}/start`)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    const winner = answers[0]!.status === 200 ? 'race-a' : 'race-b';
    await end(winner).expect(200);
  });

  it('starts once when start is pressed twice at the same moment', async () => {
    await create('twice');
    const answers = await Promise.all([1, 2, 3].map(() => post(`${path('twice')}/start`)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
    await end('twice').expect(200);
  });

  it('lets a draft change in everything, by the revision that was read', async () => {
    await create('draft-edit');
    const changed = await patch('draft-edit', 1, { hypothesis: 'Another one', trafficShare: 0.4 }).expect(
      200,
    );
    expect(changed.body).toMatchObject({ hypothesis: 'Another one', trafficShare: 0.4, revision: 2 });
    expect(changed.headers.etag).toBe('"2"');
    const late = await patch('draft-edit', 1, { trafficShare: 0.2 }).expect(412);
    expect(late.body.code).toBe('REVISION_MISMATCH');
  });

  it('moves as few units as it can when weights change, in a new epoch', async () => {
    await create('weights');
    await post(`${path('weights')}/start`).expect(200);
    const variants = [
      { key: 'small', model: 'support-small', weight: 1, control: true },
      { key: 'large', model: 'support-large', weight: 3, control: false },
    ];
    await patch('weights', 2, { variants }).expect(200);
    const space = 2 ** 32;
    expect(await published('weights')).toMatchObject({
      epoch: 2,
      variants: [
        { key: 'small', ranges: [[0, space / 4]] },
        { key: 'large', ranges: [[space / 4, space]] },
      ],
    });
    const back = variants.map((variant) => ({ ...variant, weight: 1 }));
    await patch('weights', 3, { variants: back }).expect(200);
    const { rows } = await control.sql.query(
      `SELECT number, reason, weights FROM epochs WHERE subject_id = (SELECT id FROM experiments WHERE key = 'weights')
       ORDER BY number`,
    );
    expect(rows).toEqual([
      { number: 1, reason: 'start', weights: { small: 1, large: 1 } },
      { number: 2, reason: 'weights changed', weights: { small: 1, large: 3 } },
      { number: 3, reason: 'weights changed', weights: { small: 1, large: 1 } },
    ]);
    await end('weights').expect(200);
  });

  it('only adds units when the share of a running experiment grows', async () => {
    await create('share');
    await post(`${path('share')}/start`).expect(200);
    const [before] = (await published('share'))!.ranges;
    await patch('share', 2, { trafficShare: 0.5 }).expect(200);
    const after = (await published('share'))!;
    expect(after.epoch).toBe(2);
    expect(after.ranges.some(([from, to]) => from <= before![0] && before![1] <= to)).toBe(true);
    await end('share').expect(200);
  });

  it('adds exploratory metrics to a running experiment, marked, and nothing that decides', async () => {
    await create('more-metrics', {
      metrics: [{ metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } }],
    });
    await post(`${path('more-metrics')}/start`).expect(200);
    const success = { metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } };
    const refused = await patch('more-metrics', 2, {
      metrics: [success, { metric: 'slow-answer', role: 'guardrail' }],
    }).expect(409);
    expect(refused.body.code).toBe('PLAN_IS_FIXED');
    const added = await patch('more-metrics', 2, {
      metrics: [success, { metric: 'cost-per-request', role: 'exploratory' }],
    }).expect(200);
    expect(added.body.metrics[0].addedAt).toBeNull();
    expect(added.body.metrics[1]).toMatchObject({ metric: 'cost-per-request', addedAt: expect.any(String) });
    const { rows } = await control.sql.query(
      `SELECT count(*)::int AS n FROM subject_metrics WHERE subject_id = (SELECT id FROM experiments WHERE key = 'more-metrics')`,
    );
    expect(rows[0].n).toBe(2);
    await end('more-metrics').expect(200);
  });

  it('clones into a new draft without dates', async () => {
    await create('original', { endAt: '2099-01-01T00:00:00Z', tags: ['a'] });
    const { body } = await post(`${path('original')}/clone`, { key: 'copy' }).expect(201);
    expect(body).toMatchObject({
      key: 'copy',
      state: 'draft',
      clonedFrom: 'original',
      endAt: null,
      tags: ['a'],
    });
  });

  it('measures given assignments without taking traffic or deciding anything', async () => {
    await create('given', { assignment: 'given', trafficShare: 1 });
    await post(`${path('given')}/start`).expect(200);
    expect(await published('given')).toBeUndefined();
    expect((await latest()).subjects['experiment:given']).toMatchObject({
      assignment: 'given',
      variants: ['small', 'large'],
    });
    await create('beside-given', { trafficShare: 1 });
    await post(`${path('beside-given')}/start`).expect(200);
    await end('given').expect(200);
    await end('beside-given').expect(200);
  });

  it('checks a plan: what is silent, unknown and collides', async () => {
    await create('checked');
    const { body } = await post(`${path('checked')}/check`).expect(200);
    expect(body).toMatchObject({
      startable: true,
      problems: [],
      plannedUnits: 5000,
      silentMetrics: ['quality', 'slow-answer', 'cost-per-request'],
      traffic: { unitsPerDay: null, freeShare: 1, takenBy: [] },
    });
    const codes = body.warnings.map((warning: { code: string }) => warning.code);
    expect(codes).toEqual(expect.arrayContaining(['BASELINE_UNKNOWN', 'METRIC_SILENT', 'TRAFFIC_UNKNOWN']));
  });

  it('tells sizes and days once the task has shown its metrics', async () => {
    await create('history');
    await post(`${path('history')}/start`).expect(200);
    await control.sql.query(
      `INSERT INTO metric_sums (subject_id, dimension, value, shard, epoch, variant, metric_id, n, y, yy, events)
       SELECT x.id, '', '', b, 1, 'small', m.metric_id, 500, 350, 265, 500
       FROM experiments x JOIN experiment_metrics m ON m.experiment_id = x.id AND m.metric = 'quality',
            generate_series(0, 1) AS b WHERE x.key = 'history'`,
    );
    await create('planned', { trafficShare: 0.5 });
    const { body } = await post(`${path('planned')}/check`).expect(200);
    const quality = body.power.find((power: { metric: string }) => power.metric === 'quality');
    expect(quality.baseline).toMatchObject({ mean: 0.7, units: 1000 });
    // By hand: alpha 0.05, power corrected for one guardrail to 0.9, inflation 1.57, variance 40 / 999, delta 0.035.
    expect(
      quality.requiredUnits / (4 * (1.959964 + 1.281552) ** 2 * (40 / 999 / 0.035 ** 2) * 1.57),
    ).toBeCloseTo(1, 2);
    expect(body.plannedUnits).toBe(quality.requiredUnits);
    await end('history').expect(200);
  });

  it('shows per arm how many units were assigned, exposed and scored', async () => {
    await create('healthy');
    await post(`${path('healthy')}/start`).expect(200);
    await control.sql.query(
      `WITH x AS (SELECT id FROM experiments WHERE key = 'healthy'),
       seen AS (
         INSERT INTO unit_exposures (subject_id, unit, bucket, epoch, variant, first_at, crossing)
         SELECT id, 'u' || n, 0, 1, 'large', '2026-01-01T00:00:00Z', n = 4 FROM x, generate_series(1, 4) AS n
       )
       INSERT INTO unit_metrics (subject_id, metric_id, unit, bucket, value, events, last_at)
       SELECT x.id, m.metric_id, 'u' || n, 0, 1, 1, '2026-01-02T00:00:00Z'
       FROM x JOIN experiment_metrics m ON m.experiment_id = x.id AND m.metric = 'quality', generate_series(3, 4) AS n`,
    );
    const { body } = await control.call('get', `${path('healthy')}/health`).expect(200);
    expect(body.arms[0]).toMatchObject({ variant: 'small', assigned: 0, exposed: 0 });
    expect(body.arms[0].metrics[0]).toEqual({ metric: 'quality', scored: 0, coverage: null });
    expect(body.arms[1]).toMatchObject({ variant: 'large', assigned: 4, exposed: 3, crossing: 1 });
    expect(body.arms[1].metrics[0]).toEqual({ metric: 'quality', scored: 1, coverage: 1 / 3 });
    expect(body).toMatchObject({ lastOutcomeAt: '2026-01-02T00:00:00.000Z', pendingUnits: 0 });
    await end('healthy').expect(200);
  });

  it('keeps comments, and lists experiments by what they are about', async () => {
    await create('talked-about', { tags: ['special'], owner: 'ana' });
    await post(`${path('talked-about')}/comments`, { body: 'First' }).expect(201);
    await post(`${path('talked-about')}/comments`, { body: 'Second' }).expect(201);
    const comments = await control.call('get', `${path('talked-about')}/comments?limit=1`).expect(200);
    expect(comments.body.items).toMatchObject([{ body: 'Second', author: 'first admin' }]);
    for (const query of ['tag=special', 'owner=ana']) {
      const { body } = await control.call('get', `/api/v1/experiments?${query}`).expect(200);
      expect(body.items.map((one: { key: string }) => one.key)).toEqual(['talked-about']);
    }
    const { body } = await control.call('get', '/api/v1/experiments?state=concluded&limit=2').expect(200);
    expect(body.items).toHaveLength(2);
    expect(body.nextCursor).toEqual(expect.any(String));
  });

  it('closes outcomes a week after the conclusion, or after the longest window', async () => {
    await post('/api/v1/metrics', {
      key: 'return-visit',
      kind: 'proportion',
      direction: 'increase',
      window: { delay: 86_400, length: 14 * 86_400 },
    }).expect(201);
    await create('long-window', {
      metrics: [
        { metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } },
        { metric: 'return-visit', role: 'exploratory' },
      ],
    });
    await post(`${path('long-window')}/start`).expect(200);
    await end('long-window').expect(200);
    const { rows } = await control.sql.query(
      `SELECT extract(epoch FROM outcomes_until - exposures_until)::int AS grace FROM subjects WHERE key = 'long-window'`,
    );
    expect(rows[0].grace).toBe(15 * 86_400);
  });
});
