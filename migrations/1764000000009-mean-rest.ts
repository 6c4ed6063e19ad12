import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What rounding took from a mean: without it a large offset costs the deviation its digits when buckets are merged. */
export class MeanRest1764000000009 implements MigrationInterface {
  name = 'MeanRest1764000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE metric_statistics ADD COLUMN mean_rest double precision NOT NULL DEFAULT 0`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE metric_statistics DROP COLUMN mean_rest`);
  }
}
