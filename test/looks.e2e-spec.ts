import { setTimeout as sleep } from 'node:timers/promises';
import { checkLook } from '@app/analysis';
import { anExposure, anOutcome, type NewEvent, PostgresEventStore } from '@app/events';
import { SeededRng } from '@app/kernel';
import { Pool } from 'pg';
import { WorkerConfig } from '../apps/worker/src/config.js';
import { startWorker, type Worker } from '../apps/worker/src/worker.js';
import { type ControlHarness, startControl } from './control-harness.js';
import { CuttableProxy } from './support/cuttable-proxy.js';

const START = Date.parse('2026-01-05T00:00:00Z');
const DAY = 86_400_000;

/** Looks over HTTP: a control plane, two workers of which one's database can be taken away, and time in days. */
describe('looks', () => {
  let control: ControlHarness;
  let proxy: CuttableProxy;
  let pool: Pool;
  let events: PostgresEventStore;
  let workers: Worker[] = [];
  let today = START;
  let said: jest.SpyInstance;

  beforeAll(async () => {
    said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    control = await startControl({ CONTENDER_CLOCK: 'virtual', CONTENDER_LOOK_INTERVAL_SECONDS: DAY / 1000 });
    proxy = await CuttableProxy.before(control.url);
    pool = new Pool({ connectionString: control.url, max: 2 });
    events = new PostgresEventStore(pool);
    await post('/api/v1/clock', { now: new Date(START).toISOString(), hold: true });
    workers = await Promise.all([control.url, proxy.url].map((url) => startWorker(configOf(url))));
    await post('/api/v1/models', { key: 'old', provider: 'test', name: 'old' }, 201);
    await post('/api/v1/models', { key: 'new', provider: 'test', name: 'new' }, 201);
    await post('/api/v1/tasks', { key: 'reply', unitType: 'user' }, 201);
    await post('/api/v1/metrics', { key: 'solved', kind: 'proportion', direction: 'increase' }, 201);
    await post(
      '/api/v1/metrics',
      { key: 'quality', kind: 'mean', direction: 'increase', bounds: [0, 1] },
      201,
    );
    await post(
      '/api/v1/metrics',
      { key: 'p90', kind: 'quantile', quantile: 0.9, source: 'wait', direction: 'decrease' },
      201,
    );
  }, 60_000);
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await pool?.end();
    await control?.close();
    await proxy?.close();
    said.mockRestore();
  }, 60_000);

  const configOf = (url: string): WorkerConfig =>
    Object.assign(new WorkerConfig(), {
      DATABASE_URL: url,
      CONTENDER_CLOCK: 'virtual',
      CONTENDER_LOOK_INTERVAL_SECONDS: DAY / 1000,
    });

  async function post(path: string, body: object, status = 200): Promise<Record<string, never>> {
    const answer = await control.call('post', path).send(body);
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
    return answer.body;
  }
  async function get(path: string, status = 200) {
    const answer = await control.call('get', path);
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
    return answer;
  }
  async function nextDay(): Promise<void> {
    today += DAY;
    await post('/api/v1/clock', { now: new Date(today).toISOString() });
  }

  /** A running experiment whose arms somebody else assigns. */
  async function running(key: string): Promise<{ key: string; id: string }> {
    await post(
      '/api/v1/experiments',
      {
        key,
        name: key,
        task: 'reply',
        environment: 'production',
        hypothesis: 'The new model solves more',
        assignment: 'given',
        variants: [
          { key: 'control', model: 'old', weight: 1, control: true },
          { key: 'treatment', model: 'new', weight: 1, control: false },
        ],
        trafficShare: 1,
        dimensions: ['tier'],
        metrics: [
          { metric: 'solved', role: 'success', mde: { value: 0.05, type: 'relative' } },
          { metric: 'quality', role: 'guardrail', margin: { value: 0.05, type: 'absolute' } },
          { metric: 'p90', role: 'exploratory' },
        ],
        plan: { plannedUnits: 2000, minDays: 2 },
      },
      201,
    );
    await post(`/api/v1/experiments/${key}/start`, {});
    const { rows } = await control.sql.query<{ id: string }>('SELECT id FROM subjects WHERE key = $1', [key]);
    return { key, id: rows[0]!.id };
  }

  /** A day's units of an experiment, `share` of which are solved in the treatment and half in the control. */
  function units({ id, key }: { id: string; key: string }, count: number, share: number): NewEvent[] {
    const rng = new SeededRng(today % 1_000_003);
    return Array.from({ length: count }, (_, index): NewEvent[] => {
      const unit = `${key}-${today}-${index}`;
      const variant = index % 2 === 0 ? 'control' : 'treatment';
      const about = { task: 'reply', units: [{ unitType: 'user', unit }] };
      const at = (ms: number): Date => new Date(today + index * 1000 + ms);
      return [
        anExposure({
          ...about,
          id: `x-${unit}`,
          subjectId: id,
          variant,
          at: at(0),
          attributes: { tier: index % 4 < 2 ? 'gold' : 'free' },
        }),
        anOutcome({
          ...about,
          id: `s-${unit}`,
          metric: 'solved',
          value: Number(rng.next() < (variant === 'control' ? 0.5 : share)),
          at: at(500),
        }),
        anOutcome({
          ...about,
          id: `q-${unit}`,
          metric: 'quality',
          value: 0.6 + 0.1 * rng.next(),
          at: at(600),
        }),
        // A unit's two waits are alike: from 100 to 300 ms, half as long in the treatment.
        ...[1, 2].map((which) =>
          anOutcome({
            ...about,
            id: `w${which}-${unit}`,
            metric: 'wait',
            value: (100 + 2 * ((index * 37) % 100) + which) / (variant === 'control' ? 1 : 2),
            at: at(600 + which),
          }),
        ),
      ];
    }).flat();
  }
  const send = (batch: NewEvent[]) => events.append('production', batch, new Date(today));

  let experiment: { key: string; id: string };

  it('says that there is no look yet, and what to do', async () => {
    experiment = await running('reply-large');
    const { body } = await get('/api/v1/experiments/reply-large/results', 404);
    expect(body).toMatchObject({ code: 'NO_LOOK_YET', detail: expect.stringContaining('POST') });
  });

  it('takes one look a day, of all that was sent before the day ended, until the new model ships', async () => {
    for (let day = 1; day <= 3; day += 1) {
      await send(units(experiment, 300, 0.8));
      await nextDay();
      const { body } = await get('/api/v1/experiments/reply-large/results');
      expect(body.look).toMatchObject({
        number: day,
        trigger: 'schedule',
        at: new Date(today).toISOString(),
      });
      expect(body.integrity.srmFixed.counts).toEqual({ control: 150 * day, treatment: 150 * day });
      expect(body.summaries.solved.treatment.n).toBe(150 * day);
    }
    const { body } = await get('/api/v1/experiments/reply-large/results');
    expect(body).toMatchObject({ experiment: 'reply-large', crossingUnits: 0 });
    expect(body.comparisons).toMatchObject([{ control: 'control', treatment: 'treatment', verdict: 'SHIP' }]);
  }, 60_000);

  it('keeps a history, a series and the look of any moment', async () => {
    const first = await get('/api/v1/experiments/reply-large/looks?limit=2');
    expect(first.body.items.map((look: { number: number }) => look.number)).toEqual([3, 2]);
    const rest = await get(`/api/v1/experiments/reply-large/looks?limit=2&cursor=${first.body.nextCursor}`);
    expect(rest.body).toMatchObject({ items: [{ number: 1 }], nextCursor: null });
    const then = new Date(START + 2.5 * DAY).toISOString();
    const { body } = await get(`/api/v1/experiments/reply-large/results?at=${then}`);
    expect(body.look.number).toBe(2);
    const series = await get('/api/v1/experiments/reply-large/timeseries');
    const solved = series.body.metrics.find((metric: { metric: string }) => metric.metric === 'solved');
    expect(solved.arms[0].points.map((point: { n: number }) => point.n)).toEqual([150, 300, 450]);
    expect(solved.comparisons[0].points).toHaveLength(3);
  });

  it('estimates a quantile of events with units as clusters, and decides nothing by it', async () => {
    const { body } = await get('/api/v1/experiments/reply-large/results');
    const { control: old, treatment } = body.summaries.p90;
    expect(old).toMatchObject({ n: 450, mean: null, quantile: { level: 0.9, events: 900 } });
    expect(old.quantile.value).toBeGreaterThan(275);
    expect(old.quantile.value).toBeLessThan(287);
    expect(treatment.quantile.value / old.quantile.value).toBeCloseTo(0.5, 2);
    // Two events that are nearly the same tell hardly more than one.
    expect(old.quantile.designEffect).toBeGreaterThan(1.7);
    const figures = body.comparisons[0].metrics.find(({ metric }: { metric: string }) => metric === 'p90');
    expect(figures).toMatchObject({ outcome: 'exploratory', adjustment: null, sequential: { burnIn: true } });
    expect(figures.difference).toBeCloseTo(treatment.quantile.value - old.quantile.value, 9);
    expect(figures.interval95.lower).toBeLessThan(figures.difference);
    expect(figures.interval95.upper).toBeGreaterThan(figures.difference);
    expect(figures.welch.p).toBeLessThan(1e-6);
  });

  it('tells the days of first exposure apart', async () => {
    const { body } = await get('/api/v1/experiments/reply-large/daily');
    expect(body.days.map(({ day, units: n }: { day: string; units: object }) => [day, n])).toEqual(
      ['2026-01-05', '2026-01-06', '2026-01-07'].map((day) => [day, { control: 150, treatment: 150 }]),
    );
    const quality = body.days[1].metrics.find(({ metric }: { metric: string }) => metric === 'quality');
    expect(quality.arms).toMatchObject([
      { variant: 'control', n: 150 },
      { variant: 'treatment', n: 150 },
    ]);
    expect(quality.arms[0].value).toBeCloseTo(0.65, 1);
    expect((await get('/api/v1/experiments/nothing/daily', 404)).body.code).toBe('EXPERIMENT_UNKNOWN');
  });

  it('writes a look as CSV', async () => {
    const answer = await get('/api/v1/experiments/reply-large/results?format=csv');
    expect(answer.headers['content-type']).toContain('text/csv');
    const lines = answer.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(',SHIP,solved,success,better,450,');
  });

  it('breaks figures down by a declared dimension, without a verdict', async () => {
    const { body } = await get('/api/v1/experiments/reply-large/results?dimension=tier');
    expect(body).toMatchObject({ dimension: 'tier', exploratory: true });
    expect(body.values.map(({ value, units: n }: { value: string; units: number }) => [value, n])).toEqual([
      ['free', 450],
      ['gold', 450],
    ]);
    expect(body.values[0].summaries.solved.control.n).toBe(225);
    expect(body.values[0].summaries.p90.control.quantile.events).toBe(450);
    expect(body.values[0].comparisons[0]).not.toHaveProperty('verdict');
    expect((await get('/api/v1/experiments/reply-large/results?dimension=age', 422)).body.code).toBe(
      'DIMENSION_UNKNOWN',
    );
  });

  it('looks when it is asked, with all that was sent before, and once for the same evidence', async () => {
    await send(units({ ...experiment, key: 'more' }, 100, 0.8));
    const first = await post('/api/v1/experiments/reply-large/looks', {});
    expect(first).toMatchObject({ look: { number: 4, trigger: 'request' } });
    expect(first).toMatchObject({ integrity: { srmFixed: { counts: { control: 500, treatment: 500 } } } });
    expect(await post('/api/v1/experiments/reply-large/looks', {})).toEqual(first);
  });

  it('can recompute every look from its stored inputs', async () => {
    const { rows } = await control.sql.query('SELECT * FROM looks ORDER BY number');
    expect(rows).toHaveLength(4);
    for (const row of rows) {
      const look = {
        inputs: row.inputs,
        inputsDigest: row.inputs_digest,
        estimatorVersion: row.estimator_version,
        result: row.result,
        resultDigest: row.result_digest,
      };
      expect(checkLook(look)).toEqual({ inputsIntact: true, resultIntact: true, reproduced: true });
      const forged = look.inputs.replace('"n":', '"n":1');
      expect(checkLook({ ...look, inputs: forged })).toMatchObject({
        inputsIntact: false,
        reproduced: false,
      });
    }
  });

  it('does not let a job that fails hold up the others', async () => {
    const broken = await running('broken');
    await control.sql.query(
      `UPDATE experiments SET fixed_at_start = jsonb_set(fixed_at_start, '{plan,alpha}', '7') WHERE id = $1`,
      [broken.id],
    );
    await nextDay();
    expect((await get('/api/v1/experiments/reply-large/results')).body.look.number).toBe(5);
    const { rows } = await control.sql.query(
      `SELECT attempts, last_error, due_at > (SELECT now FROM virtual_clock) AS later FROM schedules WHERE subject_id = $1`,
      [broken.id],
    );
    expect(rows).toEqual([{ attempts: 1, last_error: expect.stringContaining('alpha'), later: true }]);
    const answer = await control.call('post', '/api/v1/experiments/broken/looks');
    expect(answer.body).toMatchObject({ code: 'LOOK_NOT_TAKEN', detail: expect.stringContaining('alpha') });
    await control.sql.query('DELETE FROM schedules WHERE subject_id = $1', [broken.id]);
  });

  it('holds looks back while time is held, and goes on counting', async () => {
    today += DAY;
    await post('/api/v1/clock', { now: new Date(today).toISOString(), hold: true });
    await send(units({ ...experiment, key: 'held' }, 20, 0.8));
    while ((await control.sql.query('SELECT FROM pending_units')).rowCount! > 0) await sleep(10);
    expect((await get('/api/v1/experiments/reply-large/results')).body.look.number).toBe(5);
    await post('/api/v1/clock', { now: new Date(today).toISOString() });
    expect((await get('/api/v1/experiments/reply-large/results')).body.look).toMatchObject({ number: 6 });
  });

  it('outlives its database: a worker cut off comes back by itself and does the work', async () => {
    await workers[0]!.stop();
    const [, lone] = workers;
    proxy.cut();
    await post('/api/v1/clock', { now: new Date(today + 1).toISOString(), hold: true });
    while (lone!.loop.health.failures === 0) await sleep(20);
    proxy.mend();
    await send(units({ ...experiment, key: 'back' }, 10, 0.8));
    await nextDay();
    expect((await get('/api/v1/experiments/reply-large/results')).body.look.number).toBe(7);
    expect(lone!.loop.health.failures).toBe(0);
  }, 60_000);

  it('takes the concluding look at once, and the last one when the grace is over', async () => {
    await post('/api/v1/experiments/reply-large/conclude', {
      decision: 'ship',
      variant: 'treatment',
      reason: 'proven',
    });
    await post('/api/v1/clock', { now: new Date(today).toISOString() });
    expect((await get('/api/v1/experiments/reply-large/results')).body.look).toMatchObject({
      number: 8,
      trigger: 'conclusion',
    });
    today += 30 * DAY;
    await post('/api/v1/clock', { now: new Date(today).toISOString() });
    const { rows } = await control.sql.query(`SELECT kind FROM schedules WHERE subject_id = $1`, [
      experiment.id,
    ]);
    expect(rows).toEqual([]);
  });
});
