import { createTestDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { StoreUnavailable } from '../ports/event-store.js';
import { anOutcome } from '../testing/event.builder.js';
import { PostgresRefusedEventStore } from './postgres-refused-event.store.js';

describe('PostgresRefusedEventStore', () => {
  let database: TestDatabase;
  let pool: Pool;
  const times = { receivedAt: new Date(1000), foundAt: new Date(2000) };

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url });
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('keeps each refused event once, whole', async () => {
    const store = new PostgresRefusedEventStore(pool);
    const event = anOutcome({ value: 7, comment: 'with \u0000' });
    for (let time = 0; time < 2; time += 1) {
      await store.keep('production', [{ event, reason: 'EVENT_ID_REUSED' }], times);
    }
    await store.keep('production', [{ event: { ...event, value: 8 }, reason: 'EVENT_ID_REUSED' }], times);
    const { rows } = await pool.query<{ event: { value: number }; reason: string }>(
      `SELECT event, reason, received_at, found_at FROM refused_events ORDER BY digest`,
    );
    expect(rows.map(({ event: { value } }) => value).sort()).toEqual([7, 8]);
    expect(rows[0]).toMatchObject({
      reason: 'EVENT_ID_REUSED',
      received_at: times.receivedAt,
      found_at: times.foundAt,
    });
  });

  it('says that the database is away', async () => {
    const away = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
    const refused = [{ event: anOutcome(), reason: 'NOT_STORABLE' }] as const;
    await expect(new PostgresRefusedEventStore(away).keep('production', refused, times)).rejects.toThrow(
      StoreUnavailable,
    );
    await away.end();
  });
});
