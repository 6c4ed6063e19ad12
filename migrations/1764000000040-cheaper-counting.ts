import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What counting a unit costs, most of which is paid for every outcome.
 *
 * - A unit that waits because of outcomes alone says so: its exposures need not be read again.
 * - Unit rows are derived from events of subjects by one statement each, and subjects are never deleted: looking each
 *   row's subject up again cost more than writing the row.
 * - Room in the pages of unit rows, so that the next value of a row need not be indexed anew.
 */
export class CheaperCounting1764000000040 implements MigrationInterface {
  name = 'CheaperCounting1764000000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pending_units ADD COLUMN exposed boolean NOT NULL DEFAULT true');
    for (const table of ['unit_exposures', 'unit_metrics']) {
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_subject_fkey`);
    }
    await runner.query('ALTER TABLE unit_metrics SET (fillfactor = 80)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE unit_metrics RESET (fillfactor)');
    for (const table of ['unit_metrics', 'unit_exposures']) {
      await runner.query(
        `ALTER TABLE ${table} ADD CONSTRAINT ${table}_subject_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id)`,
      );
    }
    await runner.query('ALTER TABLE pending_units DROP COLUMN exposed');
  }
}
