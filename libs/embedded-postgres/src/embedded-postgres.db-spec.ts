import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres, Guard, readState, temporaryDataDir } from './index.js';

// Starting a database takes its time on a busy machine.
jest.setTimeout(60_000);

describe('EmbeddedPostgres', () => {
  const guard = new Guard();
  const home = temporaryDataDir(guard);
  const { dataDir } = home;
  const fresh = (): EmbeddedPostgres => new EmbeddedPostgres({ dataDir, guard, throwAway: true });

  afterAll(() => {
    home.remove();
    guard.close();
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

  const asRoot = process.getuid?.() === 0;
  const place = asRoot ? 'outside, as its user cannot walk there' : 'inside, as it runs as us';

  it(`keeps the cluster of a data folder under a closed one ${place}, and finds it again`, async () => {
    const closed = mkdtempSync(path.join(tmpdir(), 'contender-closed-'));
    chmodSync(closed, 0o700);
    const inside = path.join(closed, 'data');
    const start = async (sql: string): Promise<unknown[]> => {
      const postgres = new EmbeddedPostgres({ dataDir: inside, guard, throwAway: true });
      const rows = await query(await postgres.start(), sql);
      await postgres.stop();
      return rows;
    };
    await start('CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await start('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    const { cluster, shelter } = readState(inside).postgres!;
    expect(path.dirname(cluster)).toBe(asRoot ? shelter : inside);
    for (const folder of [closed, shelter]) if (folder) rmSync(folder, { recursive: true });
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
