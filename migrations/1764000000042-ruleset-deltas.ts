import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What turns a ruleset's version into the next, beside the whole: null where there is none to take, or the whole is as little.
 * Whoever finds none reads the body, as edges older than this do.
 */
export class RulesetDeltas1764000000042 implements MigrationInterface {
  name = 'RulesetDeltas1764000000042';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rulesets ADD COLUMN delta text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rulesets DROP COLUMN delta');
  }
}
