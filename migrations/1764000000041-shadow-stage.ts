import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pairs of a shadow stage: what both models came to on the requests of a unit that were sent to both. */
export class ShadowStage1764000000041 implements MigrationInterface {
  name = 'ShadowStage1764000000041';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE subjects ADD COLUMN shadow_until timestamptz');
    await runner.query(`
      CREATE TABLE shadow_pairs (
        subject_id uuid NOT NULL,
        metric_id uuid NOT NULL,
        unit text NOT NULL,
        requests integer NOT NULL,
        champion double precision NOT NULL,
        challenger double precision NOT NULL,
        last_at timestamptz NOT NULL,
        CONSTRAINT shadow_pairs_pkey PRIMARY KEY (unit, subject_id, metric_id)
      )`);
    await runner.query('CREATE INDEX shadow_pairs_subject_idx ON shadow_pairs (subject_id, metric_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shadow_pairs');
    await runner.query('ALTER TABLE subjects DROP COLUMN shadow_until');
  }
}
