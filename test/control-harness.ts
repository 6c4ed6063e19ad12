import type { NestExpressApplication } from '@nestjs/platform-express';
import { ensureFirstAdminKey } from '@app/governance';
import { SystemClock } from '@app/kernel';
import { createTestDatabase } from '@app/testing';
import { Client } from 'pg';
import request, { type Test } from 'supertest';
import { ControlConfig } from '../apps/control/src/config.js';
import { createControlApp } from '../apps/control/src/create-control-app.js';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A control plane on a database of its own, spoken to over HTTP. */
export interface ControlHarness {
  readonly app: NestExpressApplication;
  readonly sql: Client;
  /** Address of its database. */
  readonly url: string;
  readonly adminKey: string;
  /** A request with the admin key, or with another (null: none). */
  call(method: Method, path: string, key?: string | null): Test;
  /** Rows of every table, so that a test can say that nothing was left behind. */
  rowCounts(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export async function startControl(settings: Partial<ControlConfig> = {}): Promise<ControlHarness> {
  const database = await createTestDatabase();
  const adminKey = (await ensureFirstAdminKey(database.url, new SystemClock()))!;
  const app = await createControlApp(
    Object.assign(new ControlConfig(), { DATABASE_URL: database.url, ...settings }),
  );
  await app.listen(0, '127.0.0.1');
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  return {
    app,
    sql,
    url: database.url,
    adminKey,
    call: (method, path, key = adminKey) => {
      const test = request(app.getHttpServer())[method](path);
      return key === null ? test : test.set('Authorization', `Bearer ${key}`);
    },
    rowCounts: () => rowCounts(sql),
    close: async () => {
      await app.close();
      await sql.end();
      await database.drop();
    },
  };
}

async function rowCounts(sql: Client): Promise<Record<string, number>> {
  const { rows } = await sql.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const answer = await sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${name}`);
    counts[name] = answer.rows[0]!.n;
  }
  return counts;
}
