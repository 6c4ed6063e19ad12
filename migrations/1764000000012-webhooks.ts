import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who outside is told of what, and what is still to be told. */
export class Webhooks1764000000012 implements MigrationInterface {
  name = 'Webhooks1764000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhooks (
        id uuid NOT NULL,
        key text NOT NULL,
        name text NOT NULL,
        environment text,
        url text NOT NULL,
        format text NOT NULL,
        events text[] NOT NULL,
        secret text NOT NULL,
        enabled boolean NOT NULL,
        disabled_reason text,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT webhooks_pkey PRIMARY KEY (id),
        CONSTRAINT webhooks_key_key UNIQUE (key),
        CONSTRAINT webhooks_environment_fkey FOREIGN KEY (environment) REFERENCES environments (key),
        CONSTRAINT webhooks_format_check CHECK (format IN ('json', 'slack'))
      )`);
    await runner.query(`
      CREATE TABLE webhook_deliveries (
        id uuid NOT NULL,
        webhook_id uuid NOT NULL,
        type text NOT NULL,
        subject_key text NOT NULL,
        notice text NOT NULL,
        created_at timestamptz NOT NULL,
        due_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        last_status integer,
        last_error text,
        delivered_at timestamptz,
        CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
        CONSTRAINT webhook_deliveries_webhook_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE,
        CONSTRAINT webhook_deliveries_ended_check CHECK (delivered_at IS NULL OR due_at IS NULL)
      )`);
    await runner.query(
      'CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (due_at) WHERE due_at IS NOT NULL',
    );
    await runner.query('CREATE INDEX webhook_deliveries_webhook_idx ON webhook_deliveries (webhook_id, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_deliveries');
    await runner.query('DROP TABLE webhooks');
  }
}
