import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a unit waits to be counted, so that a rollout can tell when what it would decide on is behind. */
export class WaitingSince1764000000032 implements MigrationInterface {
  name = 'WaitingSince1764000000032';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE pending_units ADD COLUMN waiting_since timestamptz NOT NULL DEFAULT now()',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pending_units DROP COLUMN waiting_since');
  }
}
