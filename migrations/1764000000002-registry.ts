import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tasks, models and metrics: what is asked, who can answer, and how answers are measured. */
export class Registry1764000000002 implements MigrationInterface {
  name = 'Registry1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE models (
        id uuid NOT NULL,
        key text NOT NULL,
        version integer NOT NULL,
        provider text NOT NULL,
        name text NOT NULL,
        description text,
        base_url text,
        parameters jsonb NOT NULL,
        prompt text,
        price jsonb,
        lineage jsonb,
        first_served_at timestamptz,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT models_pkey PRIMARY KEY (id),
        CONSTRAINT models_key_version_key UNIQUE (key, version),
        CONSTRAINT models_version_check CHECK (version > 0)
      )`);
    await runner.query(`
      CREATE TABLE tasks (
        key text NOT NULL,
        name text NOT NULL,
        description text,
        unit_type text NOT NULL,
        hash_scheme text NOT NULL,
        position_salt text NOT NULL,
        first_traffic_at timestamptz,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT tasks_pkey PRIMARY KEY (key),
        CONSTRAINT tasks_hash_scheme_check CHECK (hash_scheme IN ('native-v1', 'unleash', 'growthbook-v2'))
      )`);
    await runner.query(`
      CREATE TABLE task_environments (
        task text NOT NULL,
        environment text NOT NULL,
        champion_id uuid,
        fallback_ids uuid[] NOT NULL DEFAULT '{}',
        enabled boolean NOT NULL DEFAULT true,
        updated_at timestamptz NOT NULL,
        CONSTRAINT task_environments_pkey PRIMARY KEY (task, environment),
        CONSTRAINT task_environments_task_fkey FOREIGN KEY (task) REFERENCES tasks (key),
        CONSTRAINT task_environments_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key),
        CONSTRAINT task_environments_champion_fkey FOREIGN KEY (champion_id) REFERENCES models (id)
      )`);
    await runner.query(`
      CREATE TABLE metrics (
        id uuid NOT NULL,
        key text NOT NULL,
        version integer NOT NULL,
        name text NOT NULL,
        description text,
        unit_label text,
        unit_type text,
        kind text NOT NULL,
        source text NOT NULL,
        aggregate text NOT NULL,
        numerator text,
        denominator text,
        quantile double precision,
        direction text NOT NULL,
        transform text NOT NULL,
        threshold double precision,
        lower_bound double precision,
        upper_bound double precision,
        cap double precision,
        window_delay_s double precision NOT NULL DEFAULT 0,
        window_length_s double precision,
        missing text NOT NULL,
        covariate text,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT metrics_pkey PRIMARY KEY (id),
        CONSTRAINT metrics_key_version_key UNIQUE (key, version),
        CONSTRAINT metrics_kind_check CHECK (kind IN ('proportion', 'count', 'mean', 'ratio', 'quantile')),
        CONSTRAINT metrics_aggregate_check CHECK (aggregate IN ('sum', 'mean', 'max', 'last', 'any')),
        CONSTRAINT metrics_direction_check CHECK (direction IN ('increase', 'decrease', 'none')),
        CONSTRAINT metrics_transform_check CHECK (transform IN ('none', 'log')),
        CONSTRAINT metrics_missing_check CHECK (missing IN ('zero', 'exclude')),
        CONSTRAINT metrics_ratio_check CHECK (
          (kind = 'ratio') = (numerator IS NOT NULL) AND (kind = 'ratio') = (denominator IS NOT NULL)),
        CONSTRAINT metrics_quantile_check CHECK (
          (kind = 'quantile') = (quantile IS NOT NULL) AND (quantile IS NULL OR (quantile > 0 AND quantile < 1))),
        CONSTRAINT metrics_bounds_check CHECK (lower_bound IS NULL OR upper_bound IS NULL OR lower_bound < upper_bound)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['metrics', 'task_environments', 'tasks', 'models']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
