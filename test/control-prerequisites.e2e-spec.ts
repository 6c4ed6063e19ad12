import { compileRuleset, decide, type Ruleset } from '@app/bucketing';
import { EXPERIMENT_EXAMPLE, METRIC_EXAMPLES, MODEL_EXAMPLES } from '../apps/control/src/openapi/examples.js';
import { type ControlHarness, startControl } from './control-harness.js';
import { until } from './support/edge-world.js';

// Setting up a database and an app can take long on a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

describe('prerequisites and hash schemes of experiments', () => {
  let control: ControlHarness;

  const post = (path: string, body: object = {}) => control.call('post', path).send(body);
  const create = (key: string, task: string, more: object = {}) =>
    post('/api/v1/experiments', { ...EXPERIMENT_EXAMPLE, key, task, ...more }).expect(201);
  const start = (key: string) => post(`/api/v1/experiments/${key}/start`);
  const latest = async (): Promise<Ruleset> => {
    const { rows } = await control.sql.query<{ body: string }>(
      `SELECT body FROM rulesets WHERE environment = 'production' ORDER BY version DESC LIMIT 1`,
    );
    return JSON.parse(rows[0]!.body) as Ruleset;
  };

  const epochs = async (key: string): Promise<string[]> => {
    const { rows } = await control.sql.query<{ reason: string }>(
      `SELECT e.reason FROM epochs e JOIN experiments x ON x.id = e.subject_id WHERE x.key = $1 ORDER BY e.number`,
      [key],
    );
    return rows.map((row) => row.reason);
  };

  beforeAll(async () => {
    control = await startControl();
    for (const { value } of Object.values(MODEL_EXAMPLES)) await post('/api/v1/models', value).expect(201);
    for (const { value } of Object.values(METRIC_EXAMPLES)) await post('/api/v1/metrics', value).expect(201);
    for (const key of ['a', 'b', 'c', 'd']) {
      await post('/api/v1/tasks', { key, unitType: 'user' }).expect(201);
      await control
        .call('put', `/api/v1/tasks/${key}/champion`)
        .send({ environment: 'production', model: 'support-small' })
        .expect(200);
    }
  });
  afterAll(() => control.close());

  it('take only units that another task answers as asked', async () => {
    await create('asked', 'a');
    const waiting = await create('waiting', 'b', { prerequisites: [{ task: 'a', variants: ['large'] }] });
    expect(waiting.body.prerequisites).toEqual([{ task: 'a', variants: ['large'] }]);
    await start('asked').expect(200);
    await start('waiting').expect(200);
    const compiled = compileRuleset(await latest());
    expect(compiled.problems).toEqual([]);
    const seen = { in: 0, out: 0 };
    for (let unit = 0; unit < 1000; unit += 1) {
      const asked = decide(compiled, 'a', `u${unit}`);
      const taken = decide(compiled, 'b', `u${unit}`).experiment === 'waiting';
      expect(taken).toBe(asked.variant === 'large');
      seen[taken ? 'in' : 'out'] += 1;
    }
    expect(Math.min(seen.in, seen.out)).toBeGreaterThan(400);
  });

  it('open an epoch of the experiment when the task it asks answers otherwise', async () => {
    await control
      .call('patch', '/api/v1/experiments/asked')
      .set('If-Match', '"2"')
      .send({
        variants: EXPERIMENT_EXAMPLE.variants.map((variant) =>
          variant.key === 'large' ? { ...variant, weight: 3 } : variant,
        ),
      })
      .expect(200);
    expect(await epochs('asked')).toEqual(['start', 'weights changed']);
    expect(await epochs('waiting')).toEqual([
      'start',
      'a answers otherwise: experiment asked: weights changed',
    ]);
    const { tasks } = await latest();
    expect(tasks.b!.experiments[0]).toMatchObject({ key: 'waiting', epoch: 2 });
    // What it does not ask changes nothing of it.
    await control
      .call('put', '/api/v1/tasks/d/champion')
      .send({ environment: 'production', model: 'support-large' })
      .expect(200);
    expect(await epochs('waiting')).toHaveLength(2);
  });

  it('open an epoch also of an experiment that starts while the task it asks is being changed', async () => {
    for (const key of ['g', 'h']) {
      await post('/api/v1/tasks', { key, unitType: 'user' }).expect(201);
      await control
        .call('put', `/api/v1/tasks/${key}/champion`)
        .send({ environment: 'production', model: 'support-small' })
        .expect(200);
    }
    await create('starting', 'h', { prerequisites: [{ task: 'g', models: ['support-large'] }] });
    // Nobody publishes until both have looked at what is published; then the experiment starts first.
    const waiting = (count: number) => waitingToPublish(control.sql, count);
    await control.sql.query('BEGIN');
    await control.sql.query(`SELECT pg_advisory_xact_lock(7220003, hashtext('production'))`);
    const started = start('starting').then((answer) => answer);
    await waiting(1);
    const changed = control
      .call('put', '/api/v1/tasks/g/champion')
      .send({ environment: 'production', model: 'support-large' })
      .then((answer) => answer);
    await waiting(2);
    await control.sql.query('COMMIT');
    expect([(await started).status, (await changed).status]).toEqual([200, 200]);
    expect(await epochs('starting')).toEqual(['start', 'g answers otherwise: support-large@1 serves g']);
    expect((await latest()).tasks.h!.experiments[0]).toMatchObject({ key: 'starting', epoch: 2 });
  });

  it('are refused at start when tasks would wait for one another, and the check says so before', async () => {
    await create('b-to-c', 'b', {
      trafficShare: 0.1,
      prerequisites: [{ task: 'c', models: ['support-large'] }],
    });
    await create('c-to-d', 'c', {
      trafficShare: 0.1,
      prerequisites: [{ task: 'd', models: ['support-large'] }],
    });
    await create('d-to-b', 'd', {
      trafficShare: 0.1,
      prerequisites: [{ task: 'b', models: ['support-large'] }],
    });
    await post('/api/v1/experiments/waiting/conclude', { decision: 'stop', reason: 'makes room' }).expect(
      200,
    );
    await start('b-to-c').expect(200);
    await start('c-to-d').expect(200);
    const check = await post('/api/v1/experiments/d-to-b/check').expect(200);
    expect(check.body.problems).toEqual([
      { code: 'PREREQUISITE_CYCLE', message: expect.stringContaining('d would wait for b would wait for c') },
    ]);
    const refused = await start('d-to-b').expect(409);
    expect(refused.body.code).toBe('PREREQUISITE_CYCLE');
    expect(compileRuleset(await latest()).problems).toEqual([]);
    await post('/api/v1/experiments/c-to-d/conclude', { decision: 'stop', reason: 'opens it' }).expect(200);
    await start('d-to-b').expect(200);
  });

  it('let one of two that would wait for each other start, when both start at the same moment', async () => {
    for (const [key, task, other] of [
      ['left', 'e', 'f'],
      ['right', 'f', 'e'],
    ] as const) {
      if (key === 'left') {
        await post('/api/v1/tasks', { key: 'e', unitType: 'user' }).expect(201);
        await post('/api/v1/tasks', { key: 'f', unitType: 'user' }).expect(201);
      }
      await create(key, task, { prerequisites: [{ task: other, models: ['support-large'] }] });
    }
    const answers = await Promise.all([start('left'), start('right')]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });

  it('are refused at start once the task they ask randomises something else', async () => {
    await post('/api/v1/tasks', { key: 'turns', unitType: 'user' }).expect(201);
    await create('late', 'c', {
      trafficShare: 0.1,
      prerequisites: [{ task: 'turns', models: ['support-large'] }],
    });
    await control.call('patch', '/api/v1/tasks/turns').send({ unitType: 'tenant' }).expect(200);
    const refused = await start('late').expect(422);
    expect(refused.body.code).toBe('PREREQUISITE_UNIT_MISMATCH');
  });

  it('of a scheme that cannot ask them are refused, as are edits it cannot say', async () => {
    await post('/api/v1/tasks', { key: 'growth', unitType: 'user' }).expect(201);
    const scheme = (hashScheme: string) => control.call('patch', '/api/v1/tasks/growth').send({ hashScheme });
    await scheme('growthbook-v2').expect(200);
    await create('asks', 'growth', { prerequisites: [{ task: 'a', variants: ['large'] }] });
    const check = await post('/api/v1/experiments/asks/check').expect(200);
    expect(check.body.problems.map((problem: { code: string }) => problem.code)).toEqual([
      'SCHEME_CANNOT_EXPRESS',
    ]);
    expect((await start('asks').expect(422)).body.code).toBe('SCHEME_CANNOT_EXPRESS');

    await create('plain', 'growth', { trafficShare: 0.5 });
    await start('plain').expect(200);
    const patch = (trafficShare: number) =>
      control.call('patch', '/api/v1/experiments/plain').set('If-Match', '"2"').send({ trafficShare });
    expect((await patch(0.333333).expect(422)).body.code).toBe('SCHEME_CANNOT_EXPRESS');
    await patch(0.3333).expect(200);
    expect((await latest()).tasks.growth).toMatchObject({ hashScheme: 'growthbook-v2' });
    expect((await scheme('native-v1').expect(409)).body.code).toBe('TASK_HAS_TRAFFIC');
  });
});

/** Until so many transactions wait for the lock of publishing, which another holds. */
async function waitingToPublish(sql: ControlHarness['sql'], count: number): Promise<void> {
  const waiting = `SELECT count(*)::int AS n FROM pg_locks JOIN pg_database d ON d.oid = database
                   WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted`;
  await until(
    async () => (await sql.query<{ n: number }>(waiting)).rows[0]!.n,
    (n) => n === count,
  );
}
