import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What ends the life of data: units that asked to be forgotten, and days that are no longer kept.
 *
 * Identifiers that were erased are known by a keyed digest only, so that what arrives late can be recognised and nobody
 * can read here who asked.
 */
export class DataLifecycle1764000000031 implements MigrationInterface {
  name = 'DataLifecycle1764000000031';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE erased_identifiers (
        environment text NOT NULL,
        digest bytea NOT NULL,
        unit_type text NOT NULL,
        until timestamptz NOT NULL,
        CONSTRAINT erased_identifiers_pkey PRIMARY KEY (environment, digest, unit_type),
        CONSTRAINT erased_identifiers_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key)
      )`);
    // Unit rows of a frozen subject stand for ever: some of the events they came from are dropped.
    await runner.query(`ALTER TABLE subjects ADD COLUMN frozen_at timestamptz`);
    await runner.query(`
      CREATE TABLE event_retention (
        singleton boolean NOT NULL DEFAULT true,
        floor date NOT NULL DEFAULT '-infinity',
        keys_floor date NOT NULL DEFAULT '-infinity',
        CONSTRAINT event_retention_pkey PRIMARY KEY (singleton),
        CONSTRAINT event_retention_singleton_check CHECK (singleton),
        CONSTRAINT event_retention_keys_check CHECK (keys_floor <= floor)
      )`);
    await runner.query(`INSERT INTO event_retention DEFAULT VALUES`);
    await runner.query(ENSURE_ABOVE_FLOOR);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(ENSURE);
    await runner.query(`DROP TABLE event_retention`);
    await runner.query(`ALTER TABLE subjects DROP COLUMN frozen_at`);
    await runner.query(`DROP TABLE erased_identifiers`);
  }
}

const head = `
      CREATE OR REPLACE FUNCTION ensure_events_partition(day date) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        partition text := 'events_' || to_char(day, 'YYYYMMDD');
      BEGIN
        IF to_regclass(partition) IS NOT NULL THEN
          RETURN;
        END IF;`;

const rest = `
        -- Two intakes may meet a new day at once: the second waits here and then finds the partition.
        PERFORM pg_advisory_xact_lock(hashtext('events_partition'));
        -- Read from the table itself: to_regclass may answer from what this session remembered before it waited.
        IF NOT EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = 'public'::regnamespace) THEN
          -- Attached, not created as a partition: that would lock all of events against readers and writers.
          EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition);
          EXECUTE format(
            'ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            partition, to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
        END IF;
      END $$`;

/** As the events' own migration has it. */
const ENSURE = `${head}${rest}`;

/** The keys of a dropped day are dropped with it, so none of its events may ever come in again: it would count twice. */
const ENSURE_ABOVE_FLOOR = `${head}
        IF day < (SELECT floor FROM event_retention) THEN
          RAISE EXCEPTION 'events of % are no longer kept', day USING ERRCODE = 'datetime_field_overflow';
        END IF;${rest}`;
