import { shardOf } from '@app/events';
import { momentsOf, pairMomentsOf } from '@app/stats';
import { createTestDatabase } from '@app/testing';
import { at, CountedSubject, NOW, of, SUBJECT } from './testing/counted-subject.js';
import type { WorldMetric } from './testing/measured-world.js';

describe('SqlAggregator', () => {
  const subject = CountedSubject.forEach(createTestDatabase);
  const { count, exposure, opened, outcome, units, values } = subject;

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
      const { rows } = await subject.world.pool.query('SELECT value, denominator, events FROM unit_metrics');
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
      const { rows } = await subject.world.pool.query('SELECT evaluators, served_models FROM unit_metrics');
      expect(rows).toEqual([{ evaluators: ['human', 'judge@1', 'judge@2'], served_models: ['b@1'] }]);
    });
  });

  it('changes nothing when it runs again', async () => {
    await opened();
    await count(exposure(), outcome(), exposure(of('bob')), outcome({ ...of('bob'), value: 0.2 }));
    const before = [await subject.world.unitRows(), await subject.world.statistics()];
    const versions = async () =>
      (
        await subject.world.pool.query(
          `SELECT xmin FROM unit_exposures UNION ALL SELECT xmin FROM unit_metrics`,
        )
      ).rows;
    const written = await versions();
    await subject.world.aggregator.recount(SUBJECT);
    await subject.world.drain(NOW);
    expect([await subject.world.unitRows(), await subject.world.statistics()]).toEqual(before);
    expect(await versions()).toEqual(written);
  });

  it('counts the other shards when one cannot be counted, and says so', async () => {
    await opened([{ key: 'quality', kind: 'count' }]);
    const names = Array.from({ length: 40 }, (_, index) => `unit-${index}`);
    await subject.world.append([
      ...names.map((name) => exposure(of(name))),
      // More than a double holds: intake refuses such values, this one was stored before it did.
      outcome({ ...of(names[0]!), value: 1.7e308 }),
      outcome({ ...of(names[0]!), value: 1.7e308 }),
    ]);
    await expect(subject.world.aggregator.round(NOW)).rejects.toThrow(/overflow/);
    const counted = (await units()).map(({ unit }) => unit);
    expect(counted).toEqual(names.filter((name) => shardOf(name) !== shardOf(names[0]!)).sort());
    expect(await subject.world.aggregator.hasWork(NOW)).toBe(true);
  });

  it('leaves a shard alone that another worker has', async () => {
    await opened();
    await subject.world.append([exposure()]);
    const client = await subject.world.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(7220002, shard) FROM generate_series(0, 15) AS shard');
    await subject.world.aggregator.round(NOW);
    expect(await units()).toEqual([]);
    expect(await subject.world.aggregator.hasWork(NOW)).toBe(true);
    await client.query('ROLLBACK');
    client.release();
    await subject.world.drain(NOW);
    expect(await units()).toHaveLength(1);
  });

  it('measures a metric that is added while the subject runs', async () => {
    await opened();
    await count(exposure(), outcome({ metric: 'tokens', value: 7 }));
    await subject.world.addMetric(SUBJECT, { key: 'tokens' });
    await subject.world.drain(NOW);
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
      const evidence = await subject.world.evidence.read(SUBJECT, NOW);
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
      const evidence = await subject.world.evidence.read(SUBJECT, NOW);
      const got = evidence.metrics[0]!.epochs[0]!.arms['control']!;
      const exact = momentsOf(noise);
      expect(got.n).toBe(400);
      expect(Math.abs(got.m2 / exact.m2 - 1)).toBeLessThan(1e-9);
      const mean = got.mean - 1e9 + (got.meanRest ?? 0);
      expect(Math.abs(mean / exact.mean - 1)).toBeLessThan(1e-9);
    });
  });
});
