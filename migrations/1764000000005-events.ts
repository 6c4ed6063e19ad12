import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events: append-only, partitioned by the day of `at`, counted once.
 *
 * A unique key on a day-partitioned table must hold the day, which would let one id in twice under two days. The keys
 * therefore live in a table of their own, hash-partitioned, written in the event's transaction.
 */
export class Events1764000000005 implements MigrationInterface {
  name = 'Events1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE event_keys (
        environment text NOT NULL,
        id text NOT NULL,
        digest bytea NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT event_keys_pkey PRIMARY KEY (environment, id)
      ) PARTITION BY HASH (environment, id)`);
    for (let part = 0; part < 8; part += 1) {
      await runner.query(`
        CREATE TABLE event_keys_${part} PARTITION OF event_keys FOR VALUES WITH (MODULUS 8, REMAINDER ${part})`);
    }
    await runner.query(`
      CREATE TABLE events (
        environment text NOT NULL,
        id text NOT NULL,
        type text NOT NULL,
        task text,
        unit_type text NOT NULL DEFAULT '',
        unit text NOT NULL DEFAULT '',
        at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        metric text,
        value double precision,
        subject_id uuid,
        epoch integer,
        variant text,
        inference_id text,
        assignment_id text,
        evaluator text,
        evaluator_version text,
        served_model text,
        source text,
        comment text,
        attributes jsonb,
        CONSTRAINT events_type_check CHECK (type IN ('exposure', 'outcome'))
      ) PARTITION BY RANGE (at)`);
    await runner.query(`CREATE INDEX events_unit_idx ON events (environment, unit, type)`);
    await runner.query(`
      CREATE INDEX events_inference_idx ON events (environment, inference_id) WHERE inference_id IS NOT NULL`);
    await runner.query(`
      CREATE FUNCTION ensure_events_partition(day date) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        partition text := 'events_' || to_char(day, 'YYYYMMDD');
      BEGIN
        IF to_regclass(partition) IS NOT NULL THEN
          RETURN;
        END IF;
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
      END $$`);
    // Work for the aggregation. A row without a unit stands for outcomes that know only their inference: the worker
    // finds the unit by it, or the exposure finds the outcomes when it arrives.
    await runner.query(`
      CREATE TABLE pending_units (
        seq bigint GENERATED ALWAYS AS IDENTITY,
        shard smallint NOT NULL,
        environment text NOT NULL,
        unit text NOT NULL,
        inference_id text,
        CONSTRAINT pending_units_pkey PRIMARY KEY (shard, seq)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE pending_units`);
    await runner.query(`DROP FUNCTION ensure_events_partition(date)`);
    await runner.query(`DROP TABLE events`);
    await runner.query(`DROP TABLE event_keys`);
  }
}
