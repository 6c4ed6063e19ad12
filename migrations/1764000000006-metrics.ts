import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Per-unit rows, which are the truth, and sufficient statistics per hash bucket of units, which are recomputed from
 * them whenever a bucket is dirty.
 */
export class Metrics1764000000006 implements MigrationInterface {
  name = 'Metrics1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE unit_exposures (
        subject_id uuid NOT NULL,
        unit text NOT NULL,
        bucket smallint NOT NULL,
        epoch integer NOT NULL,
        variant text NOT NULL,
        first_at timestamptz NOT NULL,
        crossing boolean NOT NULL,
        carried boolean NOT NULL DEFAULT false,
        attributes jsonb,
        covariate double precision,
        CONSTRAINT unit_exposures_pkey PRIMARY KEY (subject_id, unit),
        CONSTRAINT unit_exposures_subject_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id)
      )`);
    await runner.query(`CREATE INDEX unit_exposures_bucket_idx ON unit_exposures (subject_id, bucket)`);
    await runner.query(`
      CREATE TABLE unit_metrics (
        subject_id uuid NOT NULL,
        metric_id uuid NOT NULL,
        unit text NOT NULL,
        bucket smallint NOT NULL,
        value double precision NOT NULL,
        denominator double precision,
        events integer NOT NULL,
        last_at timestamptz NOT NULL,
        evaluators text[],
        served_models text[],
        CONSTRAINT unit_metrics_pkey PRIMARY KEY (subject_id, unit, metric_id),
        CONSTRAINT unit_metrics_subject_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id)
      )`);
    await runner.query(`CREATE INDEX unit_metrics_bucket_idx ON unit_metrics (subject_id, bucket)`);
    await runner.query(`
      CREATE TABLE dirty_buckets (
        subject_id uuid NOT NULL,
        bucket smallint NOT NULL,
        CONSTRAINT dirty_buckets_pkey PRIMARY KEY (subject_id, bucket)
      )`);
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
        CONSTRAINT metric_statistics_pkey PRIMARY KEY (subject_id, metric_id, bucket, epoch, variant)
      )`);
    await runner.query(`
      CREATE INDEX metric_statistics_next_close_idx ON metric_statistics (next_close_at) WHERE next_close_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'metric_statistics',
      'exposure_statistics',
      'dirty_buckets',
      'unit_metrics',
      'unit_exposures',
    ]) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
