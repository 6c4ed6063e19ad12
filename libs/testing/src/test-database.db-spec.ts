import { Client } from 'pg';
import { createTestDatabase } from './test-database.js';

describe('createTestDatabase', () => {
  it('hands out migrated databases that do not see each other', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await query(one.url, 'CREATE TABLE mine (id int)');
    expect(await query(other.url, `SELECT to_regclass('mine') AS found`)).toEqual([{ found: null }]);
    expect(await query(one.url, `SELECT count(*) > 0 AS migrated FROM schema_migrations`)).toEqual([
      { migrated: true },
    ]);
    await Promise.all([one.drop(), other.drop()]);
    await expect(query(one.url, 'SELECT 1')).rejects.toThrow('does not exist');
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
