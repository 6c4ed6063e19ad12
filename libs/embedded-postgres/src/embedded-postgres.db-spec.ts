import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres, Guard } from './index.js';

describe('EmbeddedPostgres', () => {
  const guard = new Guard();
  const base = mkdtempSync(path.join(tmpdir(), 'contender-spec-'));
  const dataDir = path.join(base, 'data');
  const fresh = (): EmbeddedPostgres => new EmbeddedPostgres({ dataDir, guard, throwAway: true });

  afterAll(() => {
    guard.close();
    rmSync(base, { recursive: true, force: true });
  });

  it('finds its data again after a stop, and after kill -9', async () => {
    const first = fresh();
    const url = await first.start();
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();

    const second = fresh();
    expect(await second.start()).toBe(url);
    second.kill('SIGKILL');

    const third = fresh();
    expect(await query(await third.start(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await third.stop();
  });

  it('refuses a login without the password, and keeps the password to its owner', async () => {
    const postgres = fresh();
    const url = new URL(await postgres.start());
    url.password = 'guess';
    await expect(query(url.toString(), 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(statSync(path.join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
    await postgres.stop();
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
