import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Both sides of a ratio per mirrored unit: its value is the numerator, this the denominator. Pairs of other metrics have
 * none. Pairs that were written before hold no ratios, and come with their unit's next outcome or a recount.
 */
export class ShadowRatios1764000000043 implements MigrationInterface {
  readonly name = 'ShadowRatios1764000000043';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE shadow_pairs
        ADD COLUMN champion_denominator double precision,
        ADD COLUMN challenger_denominator double precision`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM shadow_pairs WHERE champion_denominator IS NOT NULL`);
    await runner.query(`
      ALTER TABLE shadow_pairs DROP COLUMN champion_denominator, DROP COLUMN challenger_denominator`);
  }
}
