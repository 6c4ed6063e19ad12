import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Environments, who may act (API keys), what was done (audit log), and what is shared by all processes. */
export class Governance1764000000001 implements MigrationInterface {
  name = 'Governance1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE environments (
        key text NOT NULL,
        name text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT environments_pkey PRIMARY KEY (key)
      )`);
    await runner.query(`
      CREATE TABLE api_keys (
        id uuid NOT NULL,
        key_id text NOT NULL,
        name text NOT NULL,
        environment text,
        role text NOT NULL,
        salt text NOT NULL,
        hash text NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        revoked_at timestamptz,
        CONSTRAINT api_keys_pkey PRIMARY KEY (id),
        CONSTRAINT api_keys_key_id_key UNIQUE (key_id),
        CONSTRAINT api_keys_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key),
        CONSTRAINT api_keys_role_check CHECK (role IN ('admin', 'editor', 'viewer', 'service')),
        CONSTRAINT api_keys_service_check CHECK (role <> 'service' OR environment IS NOT NULL)
      )`);
    await runner.query(`
      CREATE TABLE audit_log (
        id bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        subject_type text NOT NULL,
        subject_key text NOT NULL,
        environment text,
        reason text,
        before jsonb,
        after jsonb,
        request_id text,
        CONSTRAINT audit_log_pkey PRIMARY KEY (id)
      )`);
    await runner.query(`CREATE INDEX audit_log_subject_idx ON audit_log (subject_type, subject_key, id)`);
    await runner.query(`
      CREATE TABLE idempotency_keys (
        key text NOT NULL,
        actor text NOT NULL,
        request_digest text NOT NULL,
        status smallint,
        response text,
        created_at timestamptz NOT NULL,
        CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor, key)
      )`);
    await runner.query(`
      CREATE TABLE secrets (
        environment text NOT NULL,
        purpose text NOT NULL,
        value text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT secrets_pkey PRIMARY KEY (environment, purpose),
        CONSTRAINT secrets_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key)
      )`);
    await runner.query(`
      CREATE TABLE virtual_clock (
        singleton boolean NOT NULL DEFAULT true,
        now timestamptz NOT NULL,
        held boolean NOT NULL DEFAULT false,
        requested bigint NOT NULL DEFAULT 0,
        settled bigint NOT NULL DEFAULT 0,
        CONSTRAINT virtual_clock_pkey PRIMARY KEY (singleton),
        CONSTRAINT virtual_clock_singleton_check CHECK (singleton)
      )`);
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
      FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'virtual_clock',
      'secrets',
      'idempotency_keys',
      'audit_log',
      'api_keys',
      'environments',
    ]) {
      await runner.query(`DROP TABLE ${table}`);
    }
    await runner.query(`DROP FUNCTION refuse_change()`);
  }
}
