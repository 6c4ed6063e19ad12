import { Pool } from 'pg';
import type { SubjectKind } from '@app/bucketing';
import { Database, plainDataSource } from '@app/database';
import { type NewEvent, PostgresEventStore } from '@app/events';
import type { Aggregator } from '../../ports/aggregator.js';
import type { AnalyticsStore } from '../../ports/analytics-store.js';
import { PostgresAnalyticsStore } from '../postgres-analytics-store.js';
import { SUMS } from '../working-tables.sql.js';

/** When the edge received every event of a measured world. */
export const RECEIVED_AT = new Date('2026-02-01T00:00:00Z');

/** What a test wants to say of a metric; everything else has the registry's defaults. */
export interface WorldMetric {
  readonly key: string;
  readonly kind?: 'proportion' | 'count' | 'mean' | 'ratio' | 'quantile';
  readonly source?: string;
  readonly aggregate?: 'sum' | 'mean' | 'max' | 'last' | 'any';
  readonly numerator?: string;
  readonly denominator?: string;
  readonly transform?: 'none' | 'log';
  readonly threshold?: number;
  readonly cap?: number;
  readonly delayS?: number;
  readonly lengthS?: number;
  readonly missing?: 'zero' | 'exclude';
  readonly covariate?: string;
  readonly bounds?: readonly [number, number];
  /** Level of a quantile; 0.95 when absent. */
  readonly level?: number;
}

export interface WorldSubject {
  readonly id: string;
  readonly key: string;
  readonly task?: string;
  readonly environment?: string;
  readonly unitType?: string;
  readonly covariates?: readonly string[];
  readonly dimensions?: readonly string[];
  readonly metrics: readonly WorldMetric[];
  readonly openedAt: Date;
  readonly kind?: SubjectKind;
  /** The end of its shadow stage, which begins when it opens; absent without one. */
  readonly shadowUntil?: Date;
}

const AGGREGATE = { proportion: 'max', count: 'sum', mean: 'mean', ratio: 'sum', quantile: 'mean' } as const;

/** Events, aggregation and evidence on a real database, without the capabilities that open subjects in earnest. */
export class MeasuredWorld {
  private readonly metricIds = new Map<string, string>();

  private constructor(
    readonly pool: Pool,
    readonly database: Database,
    readonly events: PostgresEventStore,
    readonly store: AnalyticsStore,
  ) {}

  get aggregator(): Aggregator {
    return this.store;
  }

  get evidence(): AnalyticsStore {
    return this.store;
  }

  static async open(url: string): Promise<MeasuredWorld> {
    const pool = new Pool({ connectionString: url, max: 4, options: '-c timezone=UTC' });
    const database = new Database(await plainDataSource({ url, poolSize: 4 }).initialize());
    return new MeasuredWorld(
      pool,
      database,
      new PostgresEventStore(pool),
      new PostgresAnalyticsStore(database),
    );
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.database.source.destroy();
  }

  /** Forgets events, unit rows, statistics and subjects. */
  async clear(): Promise<void> {
    this.metricIds.clear();
    await this.pool.query(
      `TRUNCATE event_keys, events, pending_units, pending_subjects, unit_exposures, unit_metrics, shadow_pairs, dirty_buckets,
         exposure_sums, metric_sums, quantile_sums, quantile_totals, statistics_clocks, look_comparisons, looks, schedules, epochs, subject_metrics, subjects,
         metrics, tasks, environments CASCADE`,
    );
  }

  async openSubject(subject: WorldSubject): Promise<void> {
    const environment = subject.environment ?? 'production';
    const task = subject.task ?? 'support';
    const unitType = subject.unitType ?? 'user';
    await this.pool.query(`INSERT INTO environments VALUES ($1, $1, $2) ON CONFLICT DO NOTHING`, [
      environment,
      subject.openedAt,
    ]);
    await this.pool.query(
      `INSERT INTO tasks (key, name, unit_type, hash_scheme, position_salt, created_by, created_at)
       VALUES ($1, $1, $2, 'native-v1', 'task:' || $1 || ':position', 'test', $3) ON CONFLICT DO NOTHING`,
      [task, unitType, subject.openedAt],
    );
    await this.pool.query(
      `INSERT INTO subjects (id, kind, key, environment, task, unit_type, assignment, covariates, dimensions, opened_at,
         shadow_until)
       VALUES ($1, $2, $3, $4, $5, $6, 'platform', $7, $8, $9, $10)`,
      [
        subject.id,
        subject.kind ?? 'experiment',
        subject.key,
        environment,
        task,
        unitType,
        subject.covariates ?? [],
        subject.dimensions ?? [],
        subject.openedAt,
        subject.shadowUntil ?? null,
      ],
    );
    for (const metric of subject.metrics) await this.addMetric(subject.id, metric);
    await this.openEpoch(subject.id, 1, subject.openedAt);
  }

  async openEpoch(subjectId: string, number: number, openedAt: Date): Promise<void> {
    await this.pool.query(
      `INSERT INTO epochs VALUES ($1, $2, $3, 'test', '{"control": 1, "treatment": 1}', '{}')`,
      [subjectId, number, openedAt],
    );
  }

  async addMetric(subjectId: string, metric: WorldMetric): Promise<void> {
    const { rows } = await this.pool.query<{ id: string }>('SELECT gen_random_uuid() AS id');
    const id = this.metricIds.get(metric.key) ?? rows[0]!.id;
    if (!this.metricIds.has(metric.key)) {
      this.metricIds.set(metric.key, id);
      const kind = metric.kind ?? 'mean';
      await this.pool.query(
        `INSERT INTO metrics (id, key, version, name, kind, source, aggregate, numerator, denominator, quantile,
           direction, transform, threshold, cap, window_delay_s, window_length_s, missing, covariate, lower_bound, upper_bound, created_by, created_at)
         VALUES ($1, $2, 1, $2, $3, $4, $5, $6, $7, $8, 'increase', $9, $10, $11, $12, $13, $14, $15, $16, $17, 'test',
           now())`,
        [
          id,
          metric.key,
          kind,
          metric.source ?? metric.key,
          metric.aggregate ?? AGGREGATE[kind],
          metric.numerator ?? null,
          metric.denominator ?? null,
          kind === 'quantile' ? (metric.level ?? 0.95) : null,
          metric.transform ?? 'none',
          metric.threshold ?? null,
          metric.cap ?? null,
          metric.delayS ?? 0,
          metric.lengthS ?? null,
          metric.missing ?? (kind === 'count' ? 'zero' : 'exclude'),
          metric.covariate ?? null,
          metric.bounds?.[0] ?? null,
          metric.bounds?.[1] ?? null,
        ],
      );
    }
    await this.pool.query(`INSERT INTO subject_metrics VALUES ($1, $2, $3)`, [
      subjectId,
      id,
      this.metricIds.size,
    ]);
  }

  metricId(key: string): string {
    return this.metricIds.get(key)!;
  }

  async append(events: readonly NewEvent[], environment = 'production'): Promise<void> {
    await this.events.append(environment, events, RECEIVED_AT);
  }

  /** Aggregates until nothing is left. */
  async drain(now: Date): Promise<void> {
    while (await this.aggregator.hasWork(now)) await this.aggregator.round(now);
  }

  /** Per-unit rows as a person would list them. */
  async unitRows(): Promise<unknown> {
    const exposures = await this.pool.query(`SELECT * FROM unit_exposures ORDER BY subject_id, unit`);
    const metrics = await this.pool.query(
      `SELECT u.*, m.key FROM unit_metrics u JOIN metrics m ON m.id = u.metric_id ORDER BY subject_id, unit, m.key`,
    );
    return { exposures: exposures.rows, metrics: metrics.rows };
  }

  /** The sums as they stand, to the last digit; groups that nobody is in any more are as good as absent. */
  async statistics(): Promise<unknown> {
    const key = 'subject_id, dimension, value, shard, epoch, variant';
    const exposures = await this.pool.query(
      `SELECT * FROM exposure_sums WHERE units <> 0 OR crossing_units <> 0 OR carried_units <> 0 ORDER BY ${key}`,
    );
    const metrics = await this.pool.query(
      `SELECT ${key}, metric_id, n, cn, open_units, events, last_at,
         ${SUMS.map((name) => `trim_scale(${name}) AS ${name}`).join(', ')}
       FROM metric_sums WHERE n <> 0 OR open_units <> 0 ORDER BY ${key}, metric_id`,
    );
    const quantiles = await this.pool.query(
      `SELECT * FROM quantile_sums WHERE events <> 0 ORDER BY ${key}, metric_id, bin`,
    );
    const totals = await this.pool.query(
      `SELECT * FROM quantile_totals WHERE events <> 0
       ORDER BY subject_id, dimension, value, epoch, variant, metric_id, bin`,
    );
    return {
      ...{ exposures: exposures.rows, metrics: metrics.rows },
      ...{ quantiles: quantiles.rows, totals: totals.rows },
    };
  }

  /** Groups of the whole that the days, or the values of a dimension, do not add up to; none, when all is right. */
  async partsAddUp(): Promise<unknown[]> {
    const { rows } = await this.pool.query(
      `WITH parts AS (
         SELECT subject_id, metric_id, epoch, variant, dimension, sum(n) AS n, sum(y) AS y, sum(yy) AS yy, sum(cxy) AS cxy
         FROM metric_sums GROUP BY 1, 2, 3, 4, 5)
       SELECT p.* FROM parts p JOIN parts w USING (subject_id, metric_id, epoch, variant)
       WHERE w.dimension = '' AND (p.n, p.y, p.yy, p.cxy) IS DISTINCT FROM (w.n, w.y, w.yy, w.cxy)`,
    );
    return rows;
  }

  /** Throws away all that follows from the events and computes it anew from them. */
  async recountFromNothing(now: Date): Promise<void> {
    await this.pool.query(
      `TRUNCATE unit_exposures, unit_metrics, dirty_buckets, exposure_sums, metric_sums, quantile_sums,
         quantile_totals, statistics_clocks, pending_units`,
    );
    const { rows } = await this.pool.query<{ id: string }>('SELECT id FROM subjects');
    for (const { id } of rows) await this.aggregator.recount(id);
    await this.drain(now);
  }
}
