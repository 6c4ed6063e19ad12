import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What SDKs that evaluate on their own say they did, by task, arm and hour: a cross-check of exposures. */
export class EvaluationCounts1764000000014 implements MigrationInterface {
  name = 'EvaluationCounts1764000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE evaluation_counts (
        environment text NOT NULL,
        task text NOT NULL,
        variant text NOT NULL,
        hour timestamptz NOT NULL,
        yes bigint NOT NULL,
        no bigint NOT NULL,
        CONSTRAINT evaluation_counts_pkey PRIMARY KEY (environment, task, variant, hour),
        CONSTRAINT evaluation_counts_not_negative CHECK (yes >= 0 AND no >= 0)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE evaluation_counts');
  }
}
