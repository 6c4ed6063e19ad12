import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Subjects of measurement and experiments.
 *
 * A subject is anything whose units are measured in arms: an experiment or a rollout. Intake and aggregation know
 * subjects, their metrics and their epochs, and nothing of what they are for.
 */
export class Experiments1764000000003 implements MigrationInterface {
  name = 'Experiments1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE subjects (
        id uuid NOT NULL,
        kind text NOT NULL,
        key text NOT NULL,
        environment text NOT NULL,
        task text NOT NULL,
        unit_type text NOT NULL,
        assignment text NOT NULL,
        covariates text[] NOT NULL DEFAULT '{}',
        dimensions text[] NOT NULL DEFAULT '{}',
        opened_at timestamptz NOT NULL,
        exposures_until timestamptz,
        outcomes_until timestamptz,
        CONSTRAINT subjects_pkey PRIMARY KEY (id),
        CONSTRAINT subjects_kind_key_key UNIQUE (kind, key),
        CONSTRAINT subjects_kind_check CHECK (kind IN ('experiment', 'rollout')),
        CONSTRAINT subjects_assignment_check CHECK (assignment IN ('platform', 'given')),
        CONSTRAINT subjects_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key),
        CONSTRAINT subjects_task_fkey FOREIGN KEY (task) REFERENCES tasks (key)
      )`);
    await runner.query(`CREATE INDEX subjects_environment_task_idx ON subjects (environment, task)`);
    await runner.query(`
      CREATE TABLE subject_metrics (
        subject_id uuid NOT NULL,
        metric_id uuid NOT NULL,
        position smallint NOT NULL,
        CONSTRAINT subject_metrics_pkey PRIMARY KEY (subject_id, metric_id),
        CONSTRAINT subject_metrics_subject_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
        CONSTRAINT subject_metrics_metric_fkey FOREIGN KEY (metric_id) REFERENCES metrics (id)
      )`);
    await runner.query(`
      CREATE TABLE epochs (
        subject_id uuid NOT NULL,
        number integer NOT NULL,
        opened_at timestamptz NOT NULL,
        reason text NOT NULL,
        weights jsonb NOT NULL,
        shape jsonb NOT NULL,
        CONSTRAINT epochs_pkey PRIMARY KEY (subject_id, number),
        CONSTRAINT epochs_subject_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id)
      )`);
    await runner.query(`
      CREATE TABLE experiments (
        id uuid NOT NULL,
        key text NOT NULL,
        name text NOT NULL,
        owner text,
        tags text[] NOT NULL DEFAULT '{}',
        task text NOT NULL,
        environment text NOT NULL,
        hypothesis text NOT NULL,
        template text,
        assignment text NOT NULL,
        state text NOT NULL,
        audience jsonb,
        overrides jsonb NOT NULL,
        traffic_share double precision NOT NULL,
        ranges jsonb NOT NULL,
        start_at timestamptz,
        end_at timestamptz,
        dimensions text[] NOT NULL DEFAULT '{}',
        covariates text[] NOT NULL DEFAULT '{}',
        plan jsonb NOT NULL,
        fixed_at_start jsonb,
        conclusion jsonb,
        cloned_from text,
        revision integer NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        paused_at timestamptz,
        concluded_at timestamptz,
        CONSTRAINT experiments_pkey PRIMARY KEY (id),
        CONSTRAINT experiments_key_key UNIQUE (key),
        CONSTRAINT experiments_task_fkey FOREIGN KEY (task) REFERENCES tasks (key),
        CONSTRAINT experiments_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key),
        CONSTRAINT experiments_state_check CHECK (state IN ('draft', 'running', 'paused', 'concluded', 'archived')),
        CONSTRAINT experiments_assignment_check CHECK (assignment IN ('platform', 'given')),
        CONSTRAINT experiments_template_check CHECK (
          template IS NULL OR template IN ('quality-up', 'cost-down', 'latency-down')),
        CONSTRAINT experiments_traffic_share_check CHECK (traffic_share > 0 AND traffic_share <= 1)
      )`);
    await runner.query(
      `CREATE INDEX experiments_task_environment_idx ON experiments (environment, task, state)`,
    );
    await runner.query(`
      CREATE TABLE experiment_variants (
        experiment_id uuid NOT NULL,
        key text NOT NULL,
        position smallint NOT NULL,
        model_id uuid NOT NULL,
        weight double precision NOT NULL,
        control boolean NOT NULL,
        ranges jsonb,
        CONSTRAINT experiment_variants_pkey PRIMARY KEY (experiment_id, key),
        CONSTRAINT experiment_variants_experiment_fkey FOREIGN KEY (experiment_id) REFERENCES experiments (id) ON DELETE CASCADE,
        CONSTRAINT experiment_variants_model_fkey FOREIGN KEY (model_id) REFERENCES models (id),
        CONSTRAINT experiment_variants_weight_check CHECK (weight >= 0)
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX experiment_variants_one_control_idx ON experiment_variants (experiment_id) WHERE control`);
    await runner.query(`
      CREATE TABLE experiment_metrics (
        experiment_id uuid NOT NULL,
        metric text NOT NULL,
        metric_id uuid NOT NULL,
        position smallint NOT NULL,
        role text NOT NULL,
        mde jsonb,
        margin jsonb,
        harm_margin jsonb,
        added_at timestamptz,
        CONSTRAINT experiment_metrics_pkey PRIMARY KEY (experiment_id, metric),
        CONSTRAINT experiment_metrics_experiment_fkey FOREIGN KEY (experiment_id) REFERENCES experiments (id) ON DELETE CASCADE,
        CONSTRAINT experiment_metrics_metric_fkey FOREIGN KEY (metric_id) REFERENCES metrics (id),
        CONSTRAINT experiment_metrics_role_check CHECK (role IN ('success', 'guardrail', 'exploratory')),
        CONSTRAINT experiment_metrics_mde_check CHECK (role <> 'success' OR mde IS NOT NULL)
      )`);
    await runner.query(`
      CREATE TABLE experiment_comments (
        id bigint GENERATED ALWAYS AS IDENTITY,
        experiment_id uuid NOT NULL,
        author text NOT NULL,
        body text NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT experiment_comments_pkey PRIMARY KEY (id),
        CONSTRAINT experiment_comments_experiment_fkey FOREIGN KEY (experiment_id) REFERENCES experiments (id) ON DELETE CASCADE
      )`);
    await runner.query(
      `CREATE INDEX experiment_comments_experiment_idx ON experiment_comments (experiment_id, id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'experiment_comments',
      'experiment_metrics',
      'experiment_variants',
      'experiments',
      'epochs',
      'subject_metrics',
      'subjects',
    ]) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
