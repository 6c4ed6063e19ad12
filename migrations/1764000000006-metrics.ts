import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Per-unit rows, which are the truth, and sufficient statistics per hash bucket of units, which are recomputed from
 * them whenever a bucket is dirty.
 *
 * The unit leads the keys of unit rows: aggregation and erasure come with a unit and want its rows of every subject.
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
        CONSTRAINT unit_exposures_pkey PRIMARY KEY (unit, subject_id),
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
        CONSTRAINT unit_metrics_pkey PRIMARY KEY (unit, subject_id, metric_id),
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
    await runner.query(`
      CREATE TABLE pending_subjects (
        subject_id uuid NOT NULL,
        since timestamptz NOT NULL,
        CONSTRAINT pending_subjects_pkey PRIMARY KEY (subject_id)
      )`);
    // A subject may change after its units were aggregated: an epoch opened a moment ago, a closing date, one more
    // metric. Whoever changes it need not know that unit rows follow from it.
    await runner.query(`
      CREATE FUNCTION note_subject_change() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        subject uuid;
        moment timestamptz := '-infinity';
      BEGIN
        IF TG_TABLE_NAME = 'subjects' THEN
          subject := NEW.id;
          moment := least(NEW.exposures_until, NEW.outcomes_until, OLD.exposures_until, OLD.outcomes_until);
        ELSE
          subject := NEW.subject_id;
          IF TG_TABLE_NAME = 'epochs' THEN
            moment := NEW.opened_at;
          END IF;
        END IF;
        INSERT INTO pending_subjects AS p (subject_id, since) VALUES (subject, coalesce(moment, '-infinity'))
        ON CONFLICT (subject_id) DO UPDATE SET since = least(p.since, excluded.since);
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER subjects_changed AFTER UPDATE OF exposures_until, outcomes_until ON subjects
      FOR EACH ROW EXECUTE FUNCTION note_subject_change()`);
    for (const table of ['epochs', 'subject_metrics']) {
      await runner.query(`
        CREATE TRIGGER ${table}_changed AFTER INSERT ON ${table}
        FOR EACH ROW EXECUTE FUNCTION note_subject_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['subjects', 'epochs', 'subject_metrics']) {
      await runner.query(`DROP TRIGGER ${table}_changed ON ${table}`);
    }
    await runner.query(`DROP FUNCTION note_subject_change()`);
    for (const table of [
      'pending_subjects',
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
