import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Published ruleset snapshots, whole and immutable, one row a version. The body is text so that its digest holds. */
export class Rulesets1764000000004 implements MigrationInterface {
  name = 'Rulesets1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rulesets (
        environment text NOT NULL,
        version bigint NOT NULL,
        format smallint NOT NULL,
        digest text NOT NULL,
        body text NOT NULL,
        cause text NOT NULL,
        published_at timestamptz NOT NULL,
        CONSTRAINT rulesets_pkey PRIMARY KEY (environment, version),
        CONSTRAINT rulesets_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE rulesets`);
  }
}
