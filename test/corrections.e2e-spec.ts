import { checkLook } from '@app/analysis';
import { anExposure, anOutcome, type NewEvent, PostgresEventStore } from '@app/events';
import { Pool } from 'pg';
import { WorkerConfig } from '../apps/worker/src/config.js';
import { startWorker, type Worker } from '../apps/worker/src/worker.js';
import { type ControlHarness, startControl } from './control-harness.js';
import { until } from './support/edge-world.js';

const START = Date.parse('2026-01-05T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Corrections over HTTP, with a worker that counts, looks and drops days, and time that stands until it is moved. */
describe('corrections', () => {
  let control: ControlHarness;
  let pool: Pool;
  let events: PostgresEventStore;
  let worker: Worker;
  let said: jest.SpyInstance;
  let subject: string;

  const post = (path: string, body: object = {}, key?: string) => control.call('post', path, key).send(body);
  const moveTo = (ms: number) => post('/api/v1/clock', { now: new Date(ms).toISOString() }).expect(200);
  const erasure = (unit: string, more: object = {}) => ({
    environment: 'production',
    unit,
    reason: 'Request 2026-118',
    ...more,
  });
  const send = (batch: NewEvent[]) => events.append('production', batch, new Date(START));
  const about = (unit: string, hours: number) => ({
    task: 'reply',
    units: [{ unitType: 'user', unit }],
    at: new Date(START + hours * HOUR),
  });
  const counted = async (): Promise<Record<string, number>> => {
    const { rows } = await pool.query<{ variant: string; n: number }>(
      `SELECT variant, sum(units)::int AS n FROM exposure_sums WHERE subject_id = $1 AND dimension = ''
       GROUP BY 1 HAVING sum(units) > 0`,
      [subject],
    );
    return Object.fromEntries(rows.map(({ variant, n }) => [variant, n]));
  };
  const mean = async (): Promise<number> => {
    const { rows } = await pool.query<{ mean: number }>(
      `SELECT sum(n * mean)::float8 / sum(n)::float8 AS mean FROM metric_statistics WHERE subject_id = $1 AND dimension = ''`,
      [subject],
    );
    return rows[0]!.mean;
  };

  beforeAll(async () => {
    said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    control = await startControl({ CONTENDER_CLOCK: 'virtual', CONTENDER_LOOK_INTERVAL_SECONDS: DAY / 1000 });
    pool = new Pool({ connectionString: control.url, max: 2 });
    events = new PostgresEventStore(pool);
    await post('/api/v1/clock', { now: new Date(START).toISOString(), hold: true }).expect(200);
    worker = await startWorker(
      Object.assign(new WorkerConfig(), {
        DATABASE_URL: control.url,
        CONTENDER_CLOCK: 'virtual',
        CONTENDER_LOOK_INTERVAL_SECONDS: DAY / 1000,
        CONTENDER_WORKER_POLL_MS: 50,
      }),
    );
    for (const key of ['old', 'new'])
      await post('/api/v1/models', { key, provider: 'test', name: key }).expect(201);
    await post('/api/v1/tasks', { key: 'reply', unitType: 'user' }).expect(201);
    await post('/api/v1/metrics', { key: 'quality', kind: 'mean', direction: 'increase' }).expect(201);
    await post('/api/v1/experiments', {
      key: 'tone',
      name: 'tone',
      task: 'reply',
      environment: 'production',
      hypothesis: 'The new model is better',
      assignment: 'given',
      overrides: { ada: 'control' },
      variants: [
        { key: 'control', model: 'old', weight: 1, control: true },
        { key: 'treatment', model: 'new', weight: 1, control: false },
      ],
      trafficShare: 1,
      metrics: [{ metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } }],
      plan: { plannedUnits: 200, minDays: 1 },
    }).expect(201);
    await post('/api/v1/experiments/tone/start').expect(200);
    subject = (await pool.query<{ id: string }>('SELECT id FROM subjects')).rows[0]!.id;
    await send(
      ['ada', 'bob', 'eve', 'joe'].flatMap((unit, index): NewEvent[] => [
        anExposure({
          ...about(unit, 1),
          id: `x-${unit}`,
          subjectId: subject,
          variant: index % 2 === 0 ? 'control' : 'treatment',
        }),
        anOutcome({ ...about(unit, 2), id: `o-${unit}`, value: index / 10, comment: `I am ${unit}` }),
      ]),
    );
    await moveTo(START + DAY);
  });
  afterAll(async () => {
    await worker?.stop();
    await pool?.end();
    await control?.close();
    said.mockRestore();
  });

  it('forget a unit at once, in events and statistics, and say what went', async () => {
    expect(await counted()).toEqual({ control: 2, treatment: 2 });
    const { body } = await post('/api/v1/erasures', erasure('ada')).expect(200);
    expect(body).toEqual({
      reference: expect.stringMatching(/^[0-9a-f]{64}$/),
      until: new Date(START + DAY).toISOString(),
      events: 2,
      inferenceEvents: 0,
      scrubbedEvents: 0,
      refusedEvents: 0,
      subjects: [{ kind: 'experiment', key: 'tone' }],
      overrides: ['tone'],
    });
    expect(await counted()).toEqual({ control: 1, treatment: 2 });
    expect(await mean()).toBeCloseTo((0.1 + 0.2 + 0.3) / 3, 12);
  });

  it('leave no trace of it but in what people configured', async () => {
    const { rows } = await control.sql.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
    );
    const traces: string[] = [];
    for (const { name } of rows) {
      const found = await control.sql.query(`SELECT FROM ${name} t WHERE t::text ~ '\\mada\\M'`);
      if (found.rowCount) traces.push(name);
    }
    // Ids of events are the sender's, and stay so that nothing comes in twice; overrides are configuration.
    expect(traces.sort()).toEqual(['audit_log', 'event_keys', 'experiments']);
    const audit = await control.call('get', '/api/v1/audit-log?action=unit.erase').expect(200);
    expect(audit.body.items).toHaveLength(1);
    expect(audit.body.items[0]).toMatchObject({
      subjectType: 'unit',
      subjectKey: expect.stringMatching(/^[0-9a-f]{64}$/),
      environment: 'production',
      reason: 'Request 2026-118',
      after: { events: 2, subjects: [{ kind: 'experiment', key: 'tone' }] },
    });
    expect(JSON.stringify(audit.body)).not.toContain('ada');
  });

  it('change no look that was taken, and the next one is of those who are left', async () => {
    const looks = async () =>
      (
        await control.sql.query<{
          inputs: string;
          inputs_digest: string;
          estimator_version: string;
          result: string;
          result_digest: string;
        }>('SELECT * FROM looks ORDER BY number')
      ).rows.map((row) => ({
        inputs: row.inputs,
        check: checkLook({
          inputs: row.inputs,
          inputsDigest: row.inputs_digest,
          estimatorVersion: row.estimator_version,
          result: row.result,
          resultDigest: row.result_digest,
        }),
      }));
    const before = await looks();
    expect(before).toHaveLength(1);
    await moveTo(START + 2 * DAY);
    const after = await looks();
    expect(after).toHaveLength(2);
    expect(after[0]).toEqual(before[0]);
    expect(after.every(({ check }) => check.inputsIntact && check.resultIntact && check.reproduced)).toBe(
      true,
    );
  });

  it('remove what comes late about it, and let it begin anew afterwards', async () => {
    await send([anOutcome({ ...about('ada', 3), id: 'late' })]);
    await until(
      async () => (await pool.query(`SELECT FROM events WHERE unit = 'ada'`)).rowCount,
      (left) => left === 0,
    );
    expect(await counted()).toEqual({ control: 1, treatment: 2 });
    await send([anExposure({ ...about('ada', 30), id: 'again', subjectId: subject, variant: 'control' })]);
    await until(counted, ({ control: n }) => n === 2);
  });

  it('are repeated without harm', async () => {
    const first = await post('/api/v1/erasures', erasure('ada')).expect(200);
    expect(first.body.events).toBe(1);
    const second = await post('/api/v1/erasures', erasure('ada')).expect(200);
    expect(second.body).toMatchObject({ events: 0, subjects: [], reference: first.body.reference });
  });

  it('count anew what was wrong, and change nothing that was right', async () => {
    const right = await mean();
    await pool.query(`UPDATE unit_metrics SET value = 7 WHERE unit = 'bob'`);
    await pool.query(`DELETE FROM unit_exposures WHERE unit = 'eve'`);
    const { body } = await post('/api/v1/experiments/tone/recount', { reason: 'A disk was repaired' }).expect(
      202,
    );
    expect(body).toEqual({ units: 3 });
    await until(mean, (now) => Math.abs(now - right) < 1e-12);
    expect(await counted()).toEqual({ control: 1, treatment: 2 });
    await pool.query(`UPDATE unit_metrics SET value = 7 WHERE unit = 'bob'`);
    await post('/api/v1/units/recount', { environment: 'production', unit: 'bob' }).expect(202);
    await until(
      async () =>
        (await pool.query<{ value: number }>(`SELECT value FROM unit_metrics WHERE unit = 'bob'`)).rows[0]!
          .value,
      (value) => value === 0.1,
    );
  });

  it.each([
    ['no unit', { unit: undefined }, 400, 'VALIDATION_FAILED'],
    ['an empty unit', { unit: '' }, 400, 'VALIDATION_FAILED'],
    ['no reason', { reason: undefined }, 400, 'VALIDATION_FAILED'],
    ['an environment nobody knows', { environment: 'nowhere' }, 404, 'ENVIRONMENT_UNKNOWN'],
  ])('are refused with %s, and leave nothing behind', async (_name, more, status, code) => {
    const left = async () => {
      const { audit_log, events: stored, erased_identifiers } = await control.rowCounts();
      return [audit_log, stored, erased_identifiers];
    };
    const before = await left();
    const answer = await post('/api/v1/erasures', erasure('bob', more)).expect(status);
    expect(answer.body.code).toBe(code);
    expect(await left()).toEqual(before);
  });

  it('are for those who may', async () => {
    const { body } = await post('/api/v1/api-keys', { name: 'an editor', role: 'editor' }).expect(201);
    const refused = await post('/api/v1/erasures', erasure('bob'), body.key as string).expect(403);
    expect(refused.body.code).toBe('ROLE_NOT_ALLOWED');
    const unknown = await post('/api/v1/rollouts/nothing/recount', {}, body.key as string).expect(404);
    expect(unknown.body.code).toBe('SUBJECT_UNKNOWN');
  });

  it('end when the events behind a concluded experiment are dropped; its looks and statistics stay', async () => {
    await post('/api/v1/experiments/tone/conclude', { decision: 'no-ship', reason: 'Done' }).expect(200);
    const before = [await counted(), await mean()];
    // Its grace of a week, and 400 days.
    await moveTo(START + 460 * DAY);
    await until(
      async () => (await pool.query(`SELECT FROM subjects WHERE frozen_at IS NOT NULL`)).rowCount,
      (frozen) => frozen === 1,
    );
    await until(
      async () => (await pool.query(`SELECT FROM event_keys`)).rowCount,
      (keys) => keys === 0,
    );
    expect((await pool.query('SELECT FROM events')).rowCount).toBe(0);
    expect([await counted(), await mean()]).toEqual(before);
    await control.call('get', '/api/v1/experiments/tone/results').expect(200);
    const refused = await post('/api/v1/experiments/tone/recount').expect(409);
    expect(refused.body.code).toBe('EVENTS_DROPPED');
  });
});
