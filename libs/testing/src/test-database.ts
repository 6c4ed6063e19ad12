import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A database of its own for one spec file. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Any number; sessions that prepare the template wait for each other on it. */
const TEMPLATE_LOCK = 7_316_402;

/** A fresh, migrated database: a copy of a template that the first caller of a run migrates. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { template } = server();
  await prepareTemplate(template);
  return create(`TEMPLATE ${template}`);
}

/** A fresh database with nothing in it, for specs about migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return create('TEMPLATE template0');
}

/** Removes the template from a server that outlives the run. */
export async function dropTemplate(): Promise<void> {
  const { template } = server();
  await asAdmin(async (admin) => {
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) return;
    await admin.query(`ALTER DATABASE ${template} WITH IS_TEMPLATE false`);
    await admin.query(`DROP DATABASE ${template} WITH (FORCE)`);
  });
}

async function prepareTemplate(template: string): Promise<void> {
  await asAdmin(async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rows } = await admin.query<{ datistemplate: boolean }>(
      'SELECT datistemplate FROM pg_database WHERE datname = $1',
      [template],
    );
    if (rows[0]?.datistemplate) return;
    // Half a template is left by a run that was ended in the middle.
    if (rows[0]) await admin.query(`DROP DATABASE ${template} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${template}`);
    const { migrate } = await import('@app/database');
    await migrate({ url: addressOf(template) });
    await admin.query(`ALTER DATABASE ${template} WITH IS_TEMPLATE true`);
  });
}

async function create(from: string): Promise<TestDatabase> {
  const name = `contender_test_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) => admin.query(`CREATE DATABASE ${name} ${from}`));
  return {
    url: addressOf(name),
    drop: async () => {
      await asAdmin((admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

async function asAdmin<T>(work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: server().url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function addressOf(database: string): string {
  const address = new URL(server().url);
  address.pathname = `/${database}`;
  return address.toString();
}

function server(): { url: string; template: string } {
  const told = process.env.CONTENDER_TEST_PG;
  if (!told)
    throw new Error(
      'A *.db-spec.ts or *.e2e-spec.ts runs in the jest project "e2e", which starts PostgreSQL.',
    );
  return JSON.parse(told) as { url: string; template: string };
}
