import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Holdouts are measured: each is a subject, also those that run already, whose units are exposed from the next ruleset on.
 * Which metrics of theirs count is said later; their events are there from now on.
 */
export class HoldoutMeasurement1764000000033 implements MigrationInterface {
  name = 'HoldoutMeasurement1764000000033';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE subjects
        ADD COLUMN further_tasks text[] NOT NULL DEFAULT '{}',
        DROP CONSTRAINT subjects_kind_check,
        ADD CONSTRAINT subjects_kind_check CHECK (kind IN ('experiment', 'rollout', 'holdout'))`);
    await runner.query(`
      ALTER TABLE holdouts
        ADD COLUMN planned_units integer NOT NULL DEFAULT 5000,
        ADD CONSTRAINT holdouts_planned_units_check CHECK (planned_units >= 2)`);
    await runner.query(`
      INSERT INTO subjects (id, kind, key, environment, task, further_tasks, unit_type, assignment, opened_at)
      SELECT h.id, 'holdout', h.key, h.environment, t.keys[1], t.keys[2:], u.unit_type, 'platform',
        CASE WHEN h.state = 'planned' THEN coalesce(h.start_at, h.created_at) ELSE now() END
      FROM holdouts h
      CROSS JOIN LATERAL (
        SELECT array_agg(task ORDER BY task) AS keys FROM holdout_tasks WHERE holdout_id = h.id) t
      JOIN tasks u ON u.key = t.keys[1]
      WHERE h.state <> 'ended'`);
    await runner.query(`
      INSERT INTO epochs (subject_id, number, opened_at, reason, weights, shape)
      SELECT s.id, 1, s.opened_at, 'measured from now on',
        jsonb_build_object('held', h.share, 'open', least(h.share, 1 - h.share)), jsonb_build_object('share', h.share)
      FROM subjects s JOIN holdouts h ON h.id = s.id
      WHERE s.kind = 'holdout'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      ...[
        'unit_metrics',
        'unit_exposures',
        'exposure_sums',
        'metric_sums',
        'quantile_sums',
        'quantile_totals',
      ],
      ...['statistics_clocks', 'dirty_buckets', 'pending_subjects', 'subject_metrics', 'epochs'],
    ]) {
      await runner.query(
        `DELETE FROM ${table} WHERE subject_id IN (SELECT id FROM subjects WHERE kind = 'holdout')`,
      );
    }
    await runner.query(`DELETE FROM subjects WHERE kind = 'holdout'`);
    await runner.query(`
      ALTER TABLE holdouts DROP CONSTRAINT holdouts_planned_units_check, DROP COLUMN planned_units`);
    await runner.query(`
      ALTER TABLE subjects
        DROP CONSTRAINT subjects_kind_check,
        ADD CONSTRAINT subjects_kind_check CHECK (kind IN ('experiment', 'rollout')),
        DROP COLUMN further_tasks`);
  }
}
