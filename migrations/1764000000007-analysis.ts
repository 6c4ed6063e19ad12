import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Looks, immutable and with the digest of their inputs, and the schedule of what the workers do when. */
export class Analysis1764000000007 implements MigrationInterface {
  name = 'Analysis1764000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE looks (
        id uuid NOT NULL,
        subject_id uuid NOT NULL,
        number integer NOT NULL,
        at timestamptz NOT NULL,
        trigger text NOT NULL,
        inputs text NOT NULL,
        inputs_digest text NOT NULL,
        estimator_version text NOT NULL,
        result text NOT NULL,
        result_digest text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT looks_pkey PRIMARY KEY (id),
        CONSTRAINT looks_subject_number_key UNIQUE (subject_id, number),
        CONSTRAINT looks_subject_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
        CONSTRAINT looks_trigger_check CHECK (trigger IN ('schedule', 'request', 'conclusion', 'rollout'))
      )`);
    await runner.query(`CREATE INDEX looks_subject_at_idx ON looks (subject_id, at)`);
    await runner.query(`
      CREATE TABLE look_comparisons (
        look_id uuid NOT NULL,
        control text NOT NULL,
        treatment text NOT NULL,
        verdict text NOT NULL,
        reasons jsonb NOT NULL,
        CONSTRAINT look_comparisons_pkey PRIMARY KEY (look_id, treatment),
        CONSTRAINT look_comparisons_look_fkey FOREIGN KEY (look_id) REFERENCES looks (id),
        CONSTRAINT look_comparisons_verdict_check CHECK (
          verdict IN ('STOP_HARM', 'INVALID', 'SHIP', 'STOP_NO_EFFECT', 'KEEP_RUNNING'))
      )`);
    for (const table of ['looks', 'look_comparisons']) {
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE ON ${table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
    }
    await runner.query(`
      CREATE TABLE schedules (
        kind text NOT NULL,
        subject_id uuid NOT NULL,
        due_at timestamptz NOT NULL,
        requested_at timestamptz,
        last_run_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        last_error text,
        CONSTRAINT schedules_pkey PRIMARY KEY (kind, subject_id),
        CONSTRAINT schedules_kind_check CHECK (kind IN ('look', 'rollout', 'start', 'stop'))
      )`);
    await runner.query(`CREATE INDEX schedules_due_idx ON schedules (due_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['schedules', 'look_comparisons', 'looks']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
