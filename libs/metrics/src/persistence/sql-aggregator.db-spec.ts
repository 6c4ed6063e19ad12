import { createTestDatabase, type TestDatabase } from '@app/testing';
import { anExposure, anOutcome, type NewEvent, shardOf } from '@app/events';
import { momentsOf, pairMomentsOf } from '@app/stats';
import { MeasuredWorld, type WorldMetric } from './testing/measured-world.js';

const SUBJECT = '00000000-0000-7000-8000-000000000001';
const OTHER = '00000000-0000-7000-8000-000000000002';
const OPENED = new Date('2026-01-05T00:00:00Z');
const NOW = new Date('2026-01-20T00:00:00Z');

/** A time of 5 January 2026. */
const at = (time: string): Date => new Date(`2026-01-05T${time}Z`);

describe('SqlAggregator', () => {
  let database: TestDatabase;
  let world: MeasuredWorld;
  let serial = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    world = await MeasuredWorld.open(database.url);
  });
  afterAll(async () => {
    await world.close();
    await database.drop();
  });
  beforeEach(async () => {
    await world.clear();
  });

  const opened = (metrics: WorldMetric[] = [{ key: 'quality' }], over = {}) =>
    world.openSubject({ id: SUBJECT, key: 'tone', metrics, openedAt: OPENED, ...over });
  const exposure = (over: Partial<NewEvent> = {}): NewEvent =>
    anExposure({ id: `x-${(serial += 1)}`, subjectId: SUBJECT, at: at('10:00:00'), ...over });
  const outcome = (over: Partial<NewEvent> = {}): NewEvent =>
    anOutcome({ id: `o-${(serial += 1)}`, at: at('11:00:00'), ...over });
  const of = (unit: string) => ({ units: [{ unitType: 'user', unit }] });
  const count = async (...events: NewEvent[]): Promise<void> => {
    await world.append(events);
    await world.drain(NOW);
  };
  const units = async (): Promise<Array<Record<string, unknown>>> =>
    (await world.pool.query('SELECT * FROM unit_exposures ORDER BY unit')).rows;
  const values = async (key = 'quality'): Promise<Record<string, number>> => {
    const { rows } = await world.pool.query<{ unit: string; value: number }>(
      'SELECT unit, value FROM unit_metrics WHERE metric_id = $1 ORDER BY unit',
      [world.metricId(key)],
    );
    return Object.fromEntries(rows.map(({ unit, value }) => [unit, value]));
  };

  describe('exposures', () => {
    it('keeps the first exposure with the attributes of that moment', async () => {
      await opened(undefined, { covariates: ['spend'] });
      await count(
        exposure({ at: at('12:00:00'), attributes: { tier: 'gold', spend: 9 } }),
        exposure({ at: at('10:00:00'), attributes: { tier: 'free', spend: 3.5 } }),
      );
      expect(await units()).toMatchObject([
        {
          unit: 'ada',
          variant: 'control',
          epoch: 1,
          first_at: at('10:00:00'),
          attributes: { tier: 'free', spend: 3.5 },
          covariate: 3.5,
          crossing: false,
          carried: false,
        },
      ]);
    });

    it('moves to an earlier exposure that arrives late', async () => {
      await opened();
      await count(exposure({ at: at('12:00:00') }));
      await count(exposure({ at: at('10:00:00') }));
      expect(await units()).toMatchObject([{ first_at: at('10:00:00') }]);
    });

    it('calls a unit seen in two arms of one epoch crossing', async () => {
      await opened();
      await count(exposure(), exposure({ variant: 'treatment', at: at('12:00:00') }), exposure(of('bob')));
      expect(await units()).toMatchObject([
        { unit: 'ada', crossing: true, variant: 'control' },
        { unit: 'bob', crossing: false },
      ]);
    });

    it('does not call a unit moved by a new epoch crossing, and keeps it in its first', async () => {
      await opened();
      await world.openEpoch(SUBJECT, 2, at('12:00:00'));
      await count(exposure({ epoch: 1 }), exposure({ variant: 'treatment', at: at('13:00:00'), epoch: 2 }));
      expect(await units()).toMatchObject([{ crossing: false, epoch: 1, variant: 'control' }]);
    });

    it('finds the epoch in force for exposures that name none', async () => {
      await opened();
      await world.openEpoch(SUBJECT, 2, at('12:00:00'));
      await count(
        exposure({ ...of('a'), at: new Date('2026-01-01T00:00:00Z') }),
        exposure({ ...of('b'), at: at('11:59:59.999') }),
        exposure({ ...of('c'), at: at('12:00:00') }),
      );
      expect((await units()).map(({ epoch }) => epoch)).toEqual([1, 1, 2]);
    });

    it('follows an epoch that is opened after its exposures were counted', async () => {
      await opened();
      await count(
        exposure(),
        exposure({ variant: 'treatment', at: at('13:00:00') }),
        exposure({ ...of('b'), at: at('13:00:00') }),
      );
      await world.openEpoch(SUBJECT, 2, at('12:00:00'));
      await world.drain(NOW);
      expect(await units()).toMatchObject([
        { unit: 'ada', crossing: false, epoch: 1 },
        { unit: 'b', epoch: 2 },
      ]);
    });

    it('ignores exposures after the subject closed for them, even those already counted', async () => {
      await opened();
      await count(
        exposure(of('in')),
        exposure({ ...of('out'), at: at('12:00:00.001') }),
        outcome({ ...of('out'), at: at('13:00:00') }),
      );
      expect(await units()).toHaveLength(2);
      await world.pool.query('UPDATE subjects SET exposures_until = $1, outcomes_until = $2', [
        at('12:00:00'),
        new Date('2026-01-12T12:00:00Z'),
      ]);
      await world.drain(NOW);
      expect(await units()).toMatchObject([{ unit: 'in' }]);
      expect(await values()).toEqual({});
    });

    it('leaves out exposures of another unit type and of another environment', async () => {
      await opened();
      await world.append([exposure({ units: [{ unitType: 'tenant', unit: 'ada' }] })]);
      await world.append([exposure(of('eve'))], 'staging');
      await world.drain(NOW);
      expect(await units()).toEqual([]);
    });

    it('counts units that keep a winner apart', async () => {
      await opened();
      await count(exposure({ source: 'carried' }), exposure(of('bob')));
      const { rows } = await world.pool.query(
        `SELECT sum(units)::int AS units, sum(carried_units)::int AS carried FROM exposure_sums WHERE dimension = ''`,
      );
      expect(rows).toEqual([{ units: 1, carried: 1 }]);
    });
  });

  describe('attribution', () => {
    it('counts an outcome that arrives before its exposure', async () => {
      await opened();
      await count(outcome({ value: 0.5 }));
      expect(await values()).toEqual({});
      await count(exposure());
      expect(await values()).toEqual({ ada: 0.5 });
    });

    it('allows a minute between clocks before the exposure and no more', async () => {
      await opened([{ key: 'quality', aggregate: 'sum' }]);
      await count(
        exposure(),
        outcome({ at: at('09:58:59.999'), value: 1 }),
        outcome({ at: at('09:59:00'), value: 10 }),
        outcome({ at: at('10:00:00'), value: 100 }),
      );
      expect(await values()).toEqual({ ada: 110 });
    });

    it('counts an outcome by its assignment or inference id whatever its clock says', async () => {
      await opened([{ key: 'quality', aggregate: 'sum' }]);
      await count(
        exposure({ assignmentId: 'token', inferenceId: 'inf' }),
        outcome({ at: at('08:00:00'), value: 1, assignmentId: 'token' }),
        outcome({ at: at('08:00:00'), value: 10, inferenceId: 'inf' }),
        outcome({ at: at('08:00:00'), value: 100, assignmentId: 'another' }),
        outcome({ at: at('08:00:00'), value: 1000 }),
      );
      expect(await values()).toEqual({ ada: 11 });
    });

    it('finds the unit of an outcome that knows only its inference, in either order of arrival', async () => {
      await opened([{ key: 'quality', aggregate: 'sum' }]);
      const lone = (value: number) => outcome({ units: [], inferenceId: 'inf', value });
      await count(lone(1));
      await count(exposure({ inferenceId: 'inf', ...of('ada') }));
      expect(await values()).toEqual({ ada: 1 });
      await count(lone(10));
      expect(await values()).toEqual({ ada: 11 });
    });

    it('leaves out answers that nobody was given, and units known by them alone', async () => {
      await opened([{ key: 'quality', aggregate: 'sum' }]);
      const shadow = { source: 'shadow' };
      await count(
        exposure({ inferenceId: 'inf', ...of('ada') }),
        outcome({ ...of('ada'), value: 1 }),
        outcome({ ...of('ada'), value: 10, ...shadow }),
        outcome({ ...of('ada'), value: 100, inferenceId: 'mirrored', ...shadow }),
        outcome({ units: [], inferenceId: 'inf', value: 1000, ...shadow }),
        outcome({ units: [], inferenceId: 'mirrored', value: 10_000 }),
      );
      expect(await values()).toEqual({ ada: 1 });
    });

    it('ends the window before its length is over, ties left out, delay included', async () => {
      await opened([
        { key: 'quality', aggregate: 'sum', lengthS: 3600 },
        { key: 'later', source: 'quality', aggregate: 'sum', delayS: 1800, lengthS: 3600 },
      ]);
      await count(
        exposure(),
        outcome({ at: at('10:00:00'), value: 1 }),
        outcome({ at: at('10:59:59.999'), value: 10 }),
        outcome({ at: at('11:00:00'), value: 100 }),
        outcome({ at: at('11:30:00'), value: 1000 }),
      );
      expect(await values()).toEqual({ ada: 11 });
      expect(await values('later')).toEqual({ ada: 110 });
    });

    it('re-attributes everything when a late, earlier exposure moves the window', async () => {
      await opened([{ key: 'quality', aggregate: 'sum', lengthS: 3600 }]);
      await count(
        exposure({ at: at('12:00:00') }),
        outcome({ at: at('10:30:00'), value: 1 }),
        outcome({ at: at('12:30:00'), value: 10 }),
      );
      expect(await values()).toEqual({ ada: 10 });
      await count(exposure({ at: at('10:00:00') }));
      expect(await values()).toEqual({ ada: 1 });
    });

    it('counts an outcome without a task everywhere, one with a task for that task', async () => {
      await opened([{ key: 'quality', aggregate: 'sum' }]);
      await world.openSubject({
        id: OTHER,
        key: 'menu',
        task: 'menu',
        metrics: [{ key: 'quality' }],
        openedAt: OPENED,
      });
      await count(
        exposure(),
        exposure({ subjectId: OTHER }),
        outcome({ value: 1 }),
        outcome({ value: 10, task: 'support' }),
        outcome({ value: 100, subjectId: OTHER }),
      );
      const { rows } = await world.pool.query(
        'SELECT subject_id, value FROM unit_metrics ORDER BY subject_id',
      );
      expect(rows).toEqual([
        { subject_id: SUBJECT, value: 11 },
        { subject_id: OTHER, value: 101 },
      ]);
    });

    it('stops at the end of the grace period', async () => {
      await opened([{ key: 'quality', aggregate: 'sum' }]);
      await world.pool.query('UPDATE subjects SET exposures_until = $1, outcomes_until = $2', [
        at('11:00:00'),
        at('12:00:00'),
      ]);
      await count(
        exposure(),
        outcome({ at: at('11:59:59.999'), value: 1 }),
        outcome({ at: at('12:00:00'), value: 10 }),
      );
      expect(await values()).toEqual({ ada: 1 });
    });
  });

  describe('unit values', () => {
    const series = [
      [3, '10:01:00'],
      [1, '10:03:00'],
      [null, '10:04:00'],
      [8, '10:02:00'],
    ] as const;

    it.each<[string, WorldMetric, number]>([
      ['the largest for a proportion', { key: 'm', kind: 'proportion' }, 8],
      ['the sum for a count, an event without a value counting one', { key: 'm', kind: 'count' }, 13],
      ['the mean of values for a mean', { key: 'm', kind: 'mean' }, 4],
      ['the sum of a mean metric told to sum', { key: 'm', kind: 'mean', aggregate: 'sum' }, 12],
      ['the last by time', { key: 'm', kind: 'mean', aggregate: 'last' }, 1],
      ['whether there was any', { key: 'm', kind: 'mean', aggregate: 'any' }, 1],
      ['the indicator above a threshold', { key: 'm', kind: 'mean', threshold: 2.5 }, 2 / 3],
      ['whether a threshold was ever passed', { key: 'm', kind: 'proportion', threshold: 8 }, 0],
      ['the mean of logarithms', { key: 'm', kind: 'mean', transform: 'log' }, Math.log(24) / 3],
      ['a capped sum', { key: 'm', kind: 'count', cap: 12.5 }, 12.5],
      ['the mean, for the time being, for a quantile', { key: 'm', kind: 'quantile' }, 4],
    ])('is %s', async (_, metric, expected) => {
      await opened([metric]);
      await count(
        exposure(),
        ...series.map(([value, time]) => outcome({ metric: 'm', value, at: at(time) })),
      );
      expect((await values('m')).ada).toBeCloseTo(expected, 12);
    });

    it('is a sum over a sum for a ratio', async () => {
      await opened([{ key: 'cost', kind: 'ratio', numerator: 'usd', denominator: 'request' }]);
      await count(
        exposure(),
        outcome({ metric: 'usd', value: 0.5 }),
        outcome({ metric: 'usd', value: 0.25 }),
        outcome({ metric: 'request', value: null }),
        outcome({ metric: 'request', value: 2 }),
      );
      const { rows } = await world.pool.query('SELECT value, denominator, events FROM unit_metrics');
      expect(rows).toEqual([{ value: 0.75, denominator: 3, events: 4 }]);
    });

    it('remembers who judged and which model answered', async () => {
      await opened();
      await count(
        exposure(),
        outcome({ evaluator: 'judge', evaluatorVersion: '2', servedModel: 'b@1' }),
        outcome({ evaluator: 'judge', evaluatorVersion: '1', servedModel: 'b@1' }),
        outcome({ evaluator: 'human' }),
      );
      const { rows } = await world.pool.query('SELECT evaluators, served_models FROM unit_metrics');
      expect(rows).toEqual([{ evaluators: ['human', 'judge@1', 'judge@2'], served_models: ['b@1'] }]);
    });
  });

  it('changes nothing when it runs again', async () => {
    await opened();
    await count(exposure(), outcome(), exposure(of('bob')), outcome({ ...of('bob'), value: 0.2 }));
    const before = [await world.unitRows(), await world.statistics()];
    const versions = async () =>
      (await world.pool.query(`SELECT xmin FROM unit_exposures UNION ALL SELECT xmin FROM unit_metrics`))
        .rows;
    const written = await versions();
    await world.aggregator.recount(SUBJECT);
    await world.drain(NOW);
    expect([await world.unitRows(), await world.statistics()]).toEqual(before);
    expect(await versions()).toEqual(written);
  });

  it('counts the other shards when one cannot be counted, and says so', async () => {
    await opened([{ key: 'quality', kind: 'count' }]);
    const names = Array.from({ length: 40 }, (_, index) => `unit-${index}`);
    await world.append([
      ...names.map((name) => exposure(of(name))),
      // More than a double holds: intake refuses such values, this one was stored before it did.
      outcome({ ...of(names[0]!), value: 1.7e308 }),
      outcome({ ...of(names[0]!), value: 1.7e308 }),
    ]);
    await expect(world.aggregator.round(NOW)).rejects.toThrow(/overflow/);
    const counted = (await units()).map(({ unit }) => unit);
    expect(counted).toEqual(names.filter((name) => shardOf(name) !== shardOf(names[0]!)).sort());
    expect(await world.aggregator.hasWork(NOW)).toBe(true);
  });

  it('leaves a shard alone that another worker has', async () => {
    await opened();
    await world.append([exposure()]);
    const client = await world.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(7220002, shard) FROM generate_series(0, 15) AS shard');
    await world.aggregator.round(NOW);
    expect(await units()).toEqual([]);
    expect(await world.aggregator.hasWork(NOW)).toBe(true);
    await client.query('ROLLBACK');
    client.release();
    await world.drain(NOW);
    expect(await units()).toHaveLength(1);
  });

  it('measures a metric that is added while the subject runs', async () => {
    await opened();
    await count(exposure(), outcome({ metric: 'tokens', value: 7 }));
    await world.addMetric(SUBJECT, { key: 'tokens' });
    await world.drain(NOW);
    expect(await values('tokens')).toEqual({ ada: 7 });
  });

  describe('moments', () => {
    it('of a covariate are over the units that have it, in any buckets, and tell how those differ', async () => {
      await opened(
        [{ key: 'quality' }, { key: 'cost', kind: 'ratio', numerator: 'quality', denominator: 'clicks' }],
        { covariates: ['before'] },
      );
      const people = Array.from({ length: 60 }, (_, i) => ({
        unit: `u${i}`,
        value: ((i * 37) % 11) + (i % 3),
        clicks: 1 + (i % 4),
        before: i % 5 === 0 ? null : (i * 37) % 11,
      }));
      await count(
        ...people.flatMap(({ unit, value, clicks, before }) => [
          exposure({ ...of(unit), variant: 'control', attributes: before === null ? {} : { before } }),
          outcome({ ...of(unit), value }),
          outcome({ ...of(unit), metric: 'clicks', value: clicks }),
        ]),
      );
      const evidence = await world.evidence.read(SUBJECT, NOW);
      const arm = (key: string) =>
        evidence.metrics.find((metric) => metric.key === key)!.epochs[0]!.arms['control']!;
      const known = people.filter(({ before }) => before !== null);
      const pair = (of: (person: (typeof people)[number]) => number) =>
        pairMomentsOf(
          known.map(({ before }) => before!),
          known.map(of),
        );
      const values = pair(({ value }) => value);
      const clicks = pair((person) => person.clicks);
      const near = (value: number) => expect.closeTo(value, 10) as number;
      expect(arm('quality').covariate).toEqual({
        n: 48,
        mean: near(values.x.mean),
        m2: near(values.x.m2),
        comoment: near(values.comoment),
        valueGap: near(values.y.mean - momentsOf(people.map(({ value }) => value)).mean),
      });
      expect(arm('cost').covariate).toMatchObject({
        n: 48,
        denominatorComoment: near(clicks.comoment),
        denominatorGap: near(clicks.y.mean - momentsOf(people.map((person) => person.clicks)).mean),
      });
    });

    it('keep small noise on a large offset to 1e-9', async () => {
      await opened();
      const noise = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 10_007) / 2 ** 20);
      await count(
        ...noise.flatMap((value, i) => [
          exposure({ ...of(`u${i}`), variant: 'control' }),
          outcome({ ...of(`u${i}`), value: 1e9 + value }),
        ]),
      );
      const evidence = await world.evidence.read(SUBJECT, NOW);
      const got = evidence.metrics[0]!.epochs[0]!.arms['control']!;
      const exact = momentsOf(noise);
      expect(got.n).toBe(400);
      expect(Math.abs(got.m2 / exact.m2 - 1)).toBeLessThan(1e-9);
      const mean = got.mean - 1e9 + (got.meanRest ?? 0);
      expect(Math.abs(mean / exact.mean - 1)).toBeLessThan(1e-9);
    });
  });
});
