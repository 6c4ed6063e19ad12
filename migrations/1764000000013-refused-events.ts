import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events that were acknowledged from a spool and then could not be counted: their id belonged to another event by the
 * time they were drained. Kept whole, because acknowledged means kept.
 */
export class RefusedEvents1764000000013 implements MigrationInterface {
  name = 'RefusedEvents1764000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE refused_events (
        environment text NOT NULL,
        id text NOT NULL,
        digest bytea NOT NULL,
        reason text NOT NULL,
        event json NOT NULL,
        received_at timestamptz NOT NULL,
        found_at timestamptz NOT NULL,
        CONSTRAINT refused_events_pkey PRIMARY KEY (environment, id, digest)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE refused_events`);
  }
}
