import { createEmptyDatabase, type TestDatabase } from '@app/testing';
import { plainDataSource } from './data-source.js';

describe('a session of ours', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createEmptyDatabase();
  });

  afterAll(async () => {
    await database.drop();
  });

  it('does not hold locks for hours after its process stopped in the middle of a transaction', async () => {
    const source = await plainDataSource({ url: database.url }).initialize();
    try {
      const settings = await source.query<Array<{ name: string; seconds: number }>>(
        `SELECT name, CASE unit WHEN 'ms' THEN setting::integer / 1000 ELSE setting::integer END AS seconds
         FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'tcp_keepalives_idle') ORDER BY name`,
      );
      expect(settings).toEqual([
        { name: 'idle_in_transaction_session_timeout', seconds: 120 },
        { name: 'tcp_keepalives_idle', seconds: 60 },
      ]);
    } finally {
      await source.destroy();
    }
  });
});
