import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Named audiences, units that are held back, prerequisites of experiments, and what the organisation's own Unleash
 * server last said about our tasks and was last told about our rollouts.
 */
export class ExperimentDesign1764000000011 implements MigrationInterface {
  name = 'ExperimentDesign1764000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE segments (
        key text NOT NULL,
        name text NOT NULL,
        description text,
        condition jsonb NOT NULL,
        revision integer NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT segments_pkey PRIMARY KEY (key),
        CONSTRAINT segments_revision_check CHECK (revision > 0)
      )`);
    await runner.query(`
      CREATE TABLE holdouts (
        id uuid NOT NULL,
        key text NOT NULL,
        name text NOT NULL,
        description text,
        environment text NOT NULL,
        share double precision NOT NULL,
        salt text NOT NULL,
        state text NOT NULL,
        start_at timestamptz,
        end_at timestamptz,
        revision integer NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT holdouts_pkey PRIMARY KEY (id),
        CONSTRAINT holdouts_key_key UNIQUE (key),
        CONSTRAINT holdouts_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key),
        CONSTRAINT holdouts_state_check CHECK (state IN ('planned', 'running', 'ended')),
        CONSTRAINT holdouts_share_check CHECK (share > 0 AND share < 1)
      )`);
    await runner.query(`
      CREATE TABLE holdout_tasks (
        holdout_id uuid NOT NULL,
        task text NOT NULL,
        environment text NOT NULL,
        model_id uuid NOT NULL,
        open boolean NOT NULL,
        CONSTRAINT holdout_tasks_pkey PRIMARY KEY (holdout_id, task),
        CONSTRAINT holdout_tasks_holdout_fkey FOREIGN KEY (holdout_id) REFERENCES holdouts (id),
        CONSTRAINT holdout_tasks_task_fkey FOREIGN KEY (task) REFERENCES tasks (key),
        CONSTRAINT holdout_tasks_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key),
        CONSTRAINT holdout_tasks_model_fkey FOREIGN KEY (model_id) REFERENCES models (id)
      )`);
    // One holdout holds units of a task back at a time, whoever else tries at the same moment.
    await runner.query(
      `CREATE UNIQUE INDEX holdout_tasks_one_open_idx ON holdout_tasks (environment, task) WHERE open`,
    );
    await runner.query(`ALTER TABLE experiments ADD COLUMN prerequisites jsonb NOT NULL DEFAULT '[]'`);
    await runner.query(`ALTER TABLE schedules DROP CONSTRAINT schedules_kind_check`);
    await runner.query(`
      ALTER TABLE schedules ADD CONSTRAINT schedules_kind_check
        CHECK (kind IN ('look', 'rollout', 'start', 'stop', 'holdout'))`);
    // A row is there while a gate is closed, and stays when the server that closed it cannot be reached.
    await runner.query(`
      CREATE TABLE closed_gates (
        environment text NOT NULL,
        task text NOT NULL,
        flag text NOT NULL,
        since timestamptz NOT NULL,
        CONSTRAINT closed_gates_pkey PRIMARY KEY (environment, task, flag),
        CONSTRAINT closed_gates_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key),
        CONSTRAINT closed_gates_task_fkey FOREIGN KEY (task) REFERENCES tasks (key)
      )`);
    await runner.query(`
      CREATE TABLE rollout_mirrors (
        rollout_id uuid NOT NULL,
        flag text NOT NULL,
        mirrored_share double precision,
        mirrored_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        next_try_at timestamptz NOT NULL,
        last_error text,
        CONSTRAINT rollout_mirrors_pkey PRIMARY KEY (rollout_id),
        CONSTRAINT rollout_mirrors_rollout_fkey FOREIGN KEY (rollout_id) REFERENCES rollouts (id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['rollout_mirrors', 'closed_gates']) await runner.query(`DROP TABLE ${table}`);
    await runner.query(`DELETE FROM schedules WHERE kind = 'holdout'`);
    await runner.query(`ALTER TABLE schedules DROP CONSTRAINT schedules_kind_check`);
    await runner.query(`
      ALTER TABLE schedules ADD CONSTRAINT schedules_kind_check
        CHECK (kind IN ('look', 'rollout', 'start', 'stop'))`);
    await runner.query(`ALTER TABLE experiments DROP COLUMN prerequisites`);
    for (const table of ['holdout_tasks', 'holdouts', 'segments']) await runner.query(`DROP TABLE ${table}`);
  }
}
