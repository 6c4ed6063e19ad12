import { performance } from 'node:perf_hooks';
import { LookService, SqlLookStore } from '@app/analysis';
import { unitBucket } from '@app/bucketing';
import { migrate } from '@app/database';
import { Guard, startThrowAwayPostgres } from '@app/embedded-postgres';
import type { Experiment } from '@app/experiments';
import { ManualClock } from '@app/kernel';
import { MeasuredWorld } from '@app/metrics';
import { type BenchOptions, type BenchResult, median } from '../measure.js';
import { benchExperiment } from './experiment.js';
import { freshnessBench } from './freshness.bench.js';
import { closeTo } from './same-numbers.js';
import * as load from './workload.js';

const DEFAULT_EVENTS = 10_000_000;
const LOOKS = 30;
const BATCH = 100_000;

/**
 * What a look costs, at a tenth of the events and at all of them: three arms, ten metrics, CUPED, a clustered quantile,
 * against the same numbers by plain SQL over the events. `--events` sets their number.
 *
 * Events and unit rows are written by SQL; a sample of the units is then counted again by the aggregation itself, which
 * must find every row as it would have written it.
 */
export async function* resultsBenches({
  events = DEFAULT_EVENTS,
}: BenchOptions): AsyncGenerator<BenchResult> {
  const small = await measure(Math.max(load.EVENTS_PER_UNIT * 1000, Math.round(events / 10)), true);
  yield* small.results;
  const large = await measure(events, false);
  yield* large.results;
  yield {
    name: `results: a look over ${events} events`,
    figure: large.lookMs,
    unit: 'ms',
    ratio: large.lookMs / small.lookMs,
    against: `the same over ${small.events} events`,
    bar: '0.5 … 2',
  };
  yield* freshnessBench();
}

interface Measured {
  readonly events: number;
  readonly lookMs: number;
  readonly results: readonly BenchResult[];
}

/** @param twice counts everything anew a second time, to compare */
async function measure(events: number, twice: boolean): Promise<Measured> {
  const guard = new Guard();
  const server = await startThrowAwayPostgres(guard);
  try {
    await migrate({ url: server.url });
    const world = await MeasuredWorld.open(server.url);
    try {
      return await measureIn(world, Math.round(events / load.EVENTS_PER_UNIT), twice);
    } finally {
      await world.close();
    }
  } finally {
    await server.stop();
    guard.close();
  }
}

async function measureIn(world: MeasuredWorld, units: number, twice: boolean): Promise<Measured> {
  const events = units * load.EVENTS_PER_UNIT;
  const size = `${events} events of ${units} units`;
  await fill(world, units);
  await countAgainSample(world);
  const anew = await timed(() => recountStatistics(world));
  const take = looks(world);
  const quiet = await repeated(take);
  const { seconds: plainS } = await comparePlainSql(world);

  await world.pool.query(load.TOUCH, [7]);
  const dirty = await repeated(take);
  const counting = await timed(() => world.drain(load.NOW));
  const after = await repeated(take);
  const exact = twice ? [await equalsRecount(world)] : [];
  const breakdown = await repeated(
    async () => void (await world.store.readBy(load.SUBJECT, 'tier', load.NOW)),
  );
  const daily = await repeated(async () => void (await world.store.daily(load.SUBJECT)));

  const against = 'the same numbers by plain SQL over the events';
  const row = (name: string, ms: number, bar: string | null): BenchResult => ({
    ...{ name: `results: ${name}, ${size}`, figure: ms, unit: 'ms' },
    ...{ ratio: ms / (plainS * 1000), against, bar },
  });
  return {
    events,
    lookMs: dirty,
    results: [
      row('a look, 1 % of units changed since the last one', after, '<= 100 ms'),
      row('a look while 1 % of units wait to be counted', dirty, '<= 100 ms'),
      row('a look, nothing changed', quiet, '<= 100 ms'),
      row(
        '1 % of units counted from their events, all at once, and then a look',
        counting * 1000 + after,
        null,
      ),
      row('a breakdown by one dimension', breakdown, null),
      row('the daily series', daily, null),
      {
        ...{ name: `results: statistics counted anew from unit rows, ${size}`, figure: anew, unit: 's' },
        ...{ ratio: anew / plainS, against, bar: null },
      },
      ...exact.map((equal) => ({
        ...{ name: `results: incremental equals counted anew, ${size}`, figure: equal ? 1 : 0, unit: 'of 1' },
        ...{ ratio: null, against: null, bar: '1' },
      })),
    ],
  };
}

/** Events, and unit rows as the aggregation would have left them. */
async function fill(world: MeasuredWorld, units: number): Promise<void> {
  const { pool } = world;
  await world.openSubject({
    id: load.SUBJECT,
    key: 'bench',
    covariates: ['before'],
    dimensions: ['tier'],
    metrics: load.METRICS.map(({ definition }) => definition),
    openedAt: new Date(load.START),
  });
  await pool.query(`UPDATE epochs SET weights = '{"control": 1, "a": 1, "b": 1}'`);
  await pool.query('CREATE UNLOGGED TABLE bench_units (i bigint, unit text, bucket smallint)');
  for (let from = 0; from < units; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, units - from) }, (_, index) => from + index);
    const names = numbers.map((i) => `user-${String(i).padStart(8, '0')}`);
    await pool.query(
      'INSERT INTO bench_units SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[])',
      [numbers, names, names.map(unitBucket)],
    );
  }
  await pool.query(
    `SELECT ensure_events_partition(('${load.START}'::timestamptz AT TIME ZONE 'UTC')::date + day) FROM generate_series(0, 27) AS day`,
  );
  const client = await pool.connect();
  try {
    // One process reads rows in the order in which they were written, and no sort mixes those of a unit.
    await client.query(
      `SET work_mem = '1GB'; SET jit = off; SET max_parallel_workers_per_gather = 0; SET enable_sort = off`,
    );
    for (const sql of [load.EXPOSE, load.MEASURE, load.EXPOSURE_ROWS, load.UNIT_VALUES, load.UNIT_BINS]) {
      await client.query(sql);
    }
    await client.query(load.METRIC_ROWS, [
      load.METRICS.map(({ definition }) => world.metricId(definition.key)),
    ]);
  } finally {
    client.release(true);
  }
  await pool.query('ANALYZE');
}

/** @throws Error when the aggregation would have written other rows */
async function countAgainSample({ pool, store }: MeasuredWorld): Promise<void> {
  await pool.query('DELETE FROM pending_subjects');
  const versions = `SELECT count(*)::integer AS rows, sum(xmin::text::bigint)::text AS written FROM unit_metrics
    WHERE unit IN (SELECT unit FROM bench_units WHERE i % 500 = 3)`;
  const before = await pool.query(versions);
  await pool.query(`INSERT INTO pending_units (shard, environment, unit)
    SELECT bucket & 15, 'production', unit FROM bench_units WHERE i % 500 = 3`);
  while (await store.hasWork(load.NOW)) await store.round(load.NOW);
  const after = await pool.query(versions);
  if (JSON.stringify(before.rows) !== JSON.stringify(after.rows)) {
    throw new Error('the aggregation would have written other unit rows than the bench did');
  }
}

async function recountStatistics({ pool, store }: MeasuredWorld): Promise<void> {
  await pool.query(`INSERT INTO dirty_buckets SELECT $1, shard FROM generate_series(0, 15) AS shard`, [
    load.SUBJECT,
  ]);
  while (await store.hasWork(load.NOW)) await store.round(load.NOW);
}

async function equalsRecount(world: MeasuredWorld): Promise<boolean> {
  const before = JSON.stringify(await world.statistics());
  await recountStatistics(world);
  return JSON.stringify(await world.statistics()) === before;
}

/** Whole looks as the worker takes them, stored and all, a minute apart. */
function looks(world: MeasuredWorld): () => Promise<void> {
  const clock = new ManualClock(load.NOW);
  const experiment = benchExperiment(world);
  const reader = {
    byId: (): Promise<Experiment> => Promise.resolve(experiment),
    byKey: (): Promise<Experiment> => Promise.resolve(experiment),
  };
  const service = new LookService(
    world.database,
    clock,
    reader,
    world.store,
    new SqlLookStore(world.database),
  );
  return async () => {
    clock.advanceMs(60_000);
    await service.take(load.SUBJECT, 'schedule');
  };
}

/** Milliseconds, the median. */
async function repeated(work: () => Promise<void>): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < LOOKS; n += 1) took.push((await timed(work)) * 1000);
  return median(took);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** @throws Error when the statistics say something else than the events */
async function comparePlainSql(world: MeasuredWorld): Promise<{ seconds: number }> {
  const client = await world.pool.connect();
  try {
    await client.query(`SET work_mem = '256MB'; SET jit = off`);
    const began = performance.now();
    const { rows } = await client.query<Record<string, string | number>>(load.PLAIN_SQL);
    const quantiles = await client.query<Record<string, string | number>>(load.PLAIN_QUANTILE);
    const seconds = (performance.now() - began) / 1000;
    closeTo(await world.store.read(load.SUBJECT, load.NOW), rows, quantiles.rows);
    return { seconds };
  } finally {
    client.release(true);
  }
}
