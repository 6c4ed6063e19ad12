import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rollouts and their hash-chained receipts. */
export class Rollouts1764000000008 implements MigrationInterface {
  name = 'Rollouts1764000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rollouts (
        id uuid NOT NULL,
        key text NOT NULL,
        task text NOT NULL,
        environment text NOT NULL,
        experiment_id uuid,
        concluding_look_id uuid,
        champion_id uuid NOT NULL,
        challenger_id uuid NOT NULL,
        challenger_variant text,
        plan jsonb NOT NULL,
        state text NOT NULL,
        stage integer NOT NULL,
        stage_entered_at timestamptz NOT NULL,
        share double precision NOT NULL,
        control_share double precision NOT NULL,
        memory jsonb NOT NULL,
        approvals jsonb NOT NULL,
        hold jsonb,
        carry_winners boolean NOT NULL DEFAULT false,
        revision integer NOT NULL,
        last_human_decision_at timestamptz,
        cool_down_until timestamptz,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT rollouts_pkey PRIMARY KEY (id),
        CONSTRAINT rollouts_key_key UNIQUE (key),
        CONSTRAINT rollouts_task_fkey FOREIGN KEY (task) REFERENCES tasks (key),
        CONSTRAINT rollouts_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key),
        CONSTRAINT rollouts_experiment_fkey FOREIGN KEY (experiment_id) REFERENCES experiments (id),
        CONSTRAINT rollouts_look_fkey FOREIGN KEY (concluding_look_id) REFERENCES looks (id),
        CONSTRAINT rollouts_champion_fkey FOREIGN KEY (champion_id) REFERENCES models (id),
        CONSTRAINT rollouts_challenger_fkey FOREIGN KEY (challenger_id) REFERENCES models (id),
        CONSTRAINT rollouts_state_check CHECK (
          state IN ('running', 'held', 'promoted', 'rolled-back', 'stopped-futile')),
        CONSTRAINT rollouts_share_check CHECK (share >= 0 AND share <= 1 AND control_share >= 0 AND share + control_share <= 1)
      )`);
    // At most one rollout moves a task at a time, however many workers or people try.
    await runner.query(`
      CREATE UNIQUE INDEX rollouts_one_active_idx ON rollouts (environment, task) WHERE state IN ('running', 'held')`);
    await runner.query(`
      CREATE TABLE rollout_receipts (
        rollout_id uuid NOT NULL,
        number integer NOT NULL,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        step text NOT NULL,
        stage_before integer NOT NULL,
        stage_after integer NOT NULL,
        share_before double precision NOT NULL,
        share_after double precision NOT NULL,
        body text NOT NULL,
        previous_hash text NOT NULL,
        hash text NOT NULL,
        CONSTRAINT rollout_receipts_pkey PRIMARY KEY (rollout_id, number),
        CONSTRAINT rollout_receipts_rollout_fkey FOREIGN KEY (rollout_id) REFERENCES rollouts (id)
      )`);
    await runner.query(`
      CREATE TRIGGER rollout_receipts_append_only BEFORE UPDATE OR DELETE ON rollout_receipts
      FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['rollout_receipts', 'rollouts']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
