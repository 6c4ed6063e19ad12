import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '@app/testing';

describe('the partition of a day', () => {
  let base: TestDatabase;
  let clients: Client[] = [];

  beforeAll(async () => {
    base = await createTestDatabase();
    clients = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const client = new Client({ connectionString: base.url });
        await client.connect();
        return client;
      }),
    );
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await base?.drop();
  });

  it('is made once when many intakes meet a new day at the same moment', async () => {
    for (const day of ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04', '2026-01-05']) {
      await Promise.all(
        clients.map((client) => client.query('SELECT ensure_events_partition($1::date)', [day])),
      );
    }
    const { rows } = await clients[0]!.query(
      `SELECT count(*)::int AS n FROM pg_inherits WHERE inhparent = 'events'::regclass`,
    );
    expect(rows).toEqual([{ n: 5 }]);
  });
});
