import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What adjusting by a covariate needs where not every unit has it (the mean of the value among those who have, less the
 * arm's), and for ratios (the same of the denominator, and its co-moment with the covariate).
 */
export class Covariates1764000000010 implements MigrationInterface {
  name = 'Covariates1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE metric_statistics
        ADD COLUMN covariate_value_gap double precision,
        ADD COLUMN covariate_denominator_gap double precision,
        ADD COLUMN covariate_denominator_comoment double precision`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE metric_statistics
        DROP COLUMN covariate_value_gap,
        DROP COLUMN covariate_denominator_gap,
        DROP COLUMN covariate_denominator_comoment`);
  }
}
