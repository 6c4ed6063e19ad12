import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a unit adds to the statistics of a metric; all of it can be taken away again, to the last digit. */
const SUMS = ['y', 'yy', 'd', 'dd', 'yd', 'cx', 'cxx', 'cxy', 'cy', 'cd', 'cxd'];

/**
 * Statistics as exact decimal sums that follow every change of a unit, in place of moments that were computed anew from
 * all units of a bucket: what a change costs no longer depends on how many units there are.
 *
 * `dimension` is '' for the whole, 'day' for the day of first exposure (UTC), 'attribute:…' for a declared attribute.
 */
export class ExactSums1764000000018 implements MigrationInterface {
  name = 'ExactSums1764000000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE metric_statistics`);
    await runner.query(`DROP TABLE exposure_statistics`);
    await runner.query(`
      CREATE TABLE exposure_sums (
        subject_id uuid NOT NULL,
        dimension text NOT NULL,
        value text NOT NULL,
        shard smallint NOT NULL,
        epoch integer NOT NULL,
        variant text NOT NULL,
        units bigint NOT NULL,
        crossing_units bigint NOT NULL,
        carried_units bigint NOT NULL,
        CONSTRAINT exposure_sums_pkey PRIMARY KEY (subject_id, dimension, value, epoch, variant, shard)
      )`);
    await runner.query(`
      CREATE TABLE metric_sums (
        subject_id uuid NOT NULL,
        dimension text NOT NULL,
        value text NOT NULL,
        metric_id uuid NOT NULL,
        shard smallint NOT NULL,
        epoch integer NOT NULL,
        variant text NOT NULL,
        n bigint NOT NULL,
        cn bigint NOT NULL DEFAULT 0,
        ${SUMS.map((name) => `${name} numeric NOT NULL DEFAULT 0`).join(',\n        ')},
        open_units bigint NOT NULL DEFAULT 0,
        events bigint NOT NULL DEFAULT 0,
        last_at timestamptz,
        CONSTRAINT metric_sums_pkey PRIMARY KEY (subject_id, dimension, value, metric_id, epoch, variant, shard)
      )`);
    // Events of units by bin: how many, times all events of their unit, and by how much the squares of what units have
    // up to here grow. Running totals of the three are the sums that a clustered variance needs, at any bin. A shard has
    // its own, so that it can be counted anew; looks read the totals.
    for (const [table, shard] of [
      ['quantile_sums', true],
      ['quantile_totals', false],
    ] as const) {
      await runner.query(`
        CREATE TABLE ${table} (
          subject_id uuid NOT NULL,
          dimension text NOT NULL,
          value text NOT NULL,
          metric_id uuid NOT NULL,
          ${shard ? 'shard smallint NOT NULL,' : ''}
          epoch integer NOT NULL,
          variant text NOT NULL,
          bin smallint NOT NULL,
          events bigint NOT NULL,
          by_unit_events bigint NOT NULL,
          square_growth bigint NOT NULL,
          CONSTRAINT ${table}_pkey
            PRIMARY KEY (subject_id, dimension, value, metric_id, epoch, variant, bin${shard ? ', shard' : ''})
        )`);
    }
    // The moment at which the windows of a shard's units were last judged.
    await runner.query(`
      CREATE TABLE statistics_clocks (
        subject_id uuid NOT NULL,
        shard smallint NOT NULL,
        as_of timestamptz NOT NULL,
        CONSTRAINT statistics_clocks_pkey PRIMARY KEY (subject_id, shard)
      )`);
    await runner.query(
      `ALTER TABLE unit_metrics ADD COLUMN bins smallint[], ADD COLUMN bin_events integer[]`,
    );
    await runner.query(`CREATE INDEX unit_exposures_first_idx ON unit_exposures (subject_id, first_at)`);
    await runner.query(STATISTICS_VIEW);
    await runner.query(`
      INSERT INTO pending_subjects (subject_id, since) SELECT id, '-infinity' FROM subjects
      ON CONFLICT (subject_id) DO UPDATE SET since = excluded.since`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP VIEW metric_statistics`);
    await runner.query(`DROP INDEX unit_exposures_first_idx`);
    await runner.query(`ALTER TABLE unit_metrics DROP COLUMN bins, DROP COLUMN bin_events`);
    for (const table of [
      'statistics_clocks',
      'quantile_totals',
      'quantile_sums',
      'metric_sums',
      'exposure_sums',
    ]) {
      await runner.query(`DROP TABLE ${table}`);
    }
    await runner.query(`
      CREATE TABLE exposure_statistics (
        subject_id uuid NOT NULL,
        bucket smallint NOT NULL,
        epoch integer NOT NULL,
        variant text NOT NULL,
        units bigint NOT NULL,
        crossing_units bigint NOT NULL,
        carried_units bigint NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        CONSTRAINT exposure_statistics_pkey PRIMARY KEY (subject_id, bucket, epoch, variant)
      )`);
    await runner.query(`
      CREATE TABLE metric_statistics (
        subject_id uuid NOT NULL,
        bucket smallint NOT NULL,
        epoch integer NOT NULL,
        variant text NOT NULL,
        metric_id uuid NOT NULL,
        n bigint NOT NULL,
        mean double precision NOT NULL,
        m2 double precision NOT NULL,
        denominator_mean double precision,
        denominator_m2 double precision,
        denominator_comoment double precision,
        covariate_n bigint NOT NULL DEFAULT 0,
        covariate_mean double precision,
        covariate_m2 double precision,
        covariate_comoment double precision,
        open_units bigint NOT NULL,
        next_close_at timestamptz,
        events bigint NOT NULL,
        last_at timestamptz,
        mean_rest double precision NOT NULL DEFAULT 0,
        covariate_value_gap double precision,
        covariate_denominator_gap double precision,
        covariate_denominator_comoment double precision,
        CONSTRAINT metric_statistics_pkey PRIMARY KEY (subject_id, metric_id, bucket, epoch, variant)
      )`);
    await runner.query(`
      CREATE INDEX metric_statistics_next_close_idx ON metric_statistics (next_close_at) WHERE next_close_at IS NOT NULL`);
    await runner.query(`
      INSERT INTO pending_subjects (subject_id, since) SELECT id, '-infinity' FROM subjects
      ON CONFLICT (subject_id) DO UPDATE SET since = excluded.since`);
  }
}

/** Sums without needless zeros, so that quotients do not depend on what was added and taken away; and zeros behind the point, so that quotients of sums keep 24 digits there; Σx² − (Σx)²/n is exact until then. */
const N = 'n * 1.000000000000000000000000';
const CN = 'cn * 1.000000000000000000000000';

const STATISTICS_VIEW = `
CREATE VIEW metric_statistics AS
SELECT s.subject_id, s.dimension, s.value, s.metric_id, s.epoch, s.variant, s.n,
  q.nearest AS mean,
  (q.mean - (trunc(q.nearest)::numeric + (q.nearest - trunc(q.nearest))::text::numeric))::double precision AS mean_rest,
  coalesce(((n * yy - y * y) / q.units)::double precision, 0) AS m2,
  CASE WHEN ratio THEN (d / q.units)::double precision END AS denominator_mean,
  CASE WHEN ratio THEN ((n * dd - d * d) / q.units)::double precision END AS denominator_m2,
  CASE WHEN ratio THEN ((n * yd - y * d) / q.units)::double precision END AS denominator_comoment,
  cn AS covariate_n,
  (cx / q.known)::double precision AS covariate_mean,
  ((cn * cxx - cx * cx) / q.known)::double precision AS covariate_m2,
  ((cn * cxy - cx * cy) / q.known)::double precision AS covariate_comoment,
  (cy / q.known - y / q.units)::double precision AS covariate_value_gap,
  CASE WHEN ratio THEN (cd / q.known - d / q.units)::double precision END AS covariate_denominator_gap,
  CASE WHEN ratio THEN ((cn * cxd - cx * cd) / q.known)::double precision END AS covariate_denominator_comoment,
  s.open_units, s.events, s.last_at
FROM (
  SELECT t.subject_id, t.dimension, t.value, t.metric_id, t.epoch, t.variant, m.kind = 'ratio' AS ratio,
    sum(n)::bigint AS n, sum(cn)::bigint AS cn, ${SUMS.map((name) => `trim_scale(sum(${name})) AS ${name}`).join(', ')},
    sum(open_units)::bigint AS open_units, sum(events)::bigint AS events, max(last_at) AS last_at
  FROM metric_sums t JOIN metrics m ON m.id = t.metric_id
  GROUP BY t.subject_id, t.dimension, t.value, t.metric_id, t.epoch, t.variant, m.kind
  HAVING sum(n) > 0 OR sum(open_units) > 0) s
CROSS JOIN LATERAL (
  SELECT units, known, mean, mean::double precision AS nearest
  FROM (
    SELECT nullif(${N}, 0) AS units, nullif(${CN}, 0) AS known, coalesce(y / nullif(${N}, 0), 0) AS mean) m) q`;
