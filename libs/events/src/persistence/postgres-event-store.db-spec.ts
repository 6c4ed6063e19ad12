import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { StoreUnavailable } from '../ports/event-store.js';
import { anExposure, anOutcome } from '../testing/event.builder.js';
import { eventStoreContract } from '../testing/event-store.contract.js';
import { PENDING_CHANNEL, PostgresEventStore } from './postgres-event-store.js';

const RECEIVED = new Date('2026-01-05T12:00:00.000Z');

describe('PostgresEventStore', () => {
  let database: TestDatabase;
  let pool: Pool;
  let store: PostgresEventStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 6, options: '-c timezone=UTC' });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await pool.query('TRUNCATE event_keys, events, pending_units');
    store = new PostgresEventStore(pool);
  });

  eventStoreContract(async () => store);

  const rows = async (sql: string): Promise<unknown[]> => (await pool.query(sql)).rows;

  it('stores all that an event says', async () => {
    await store.append(
      'production',
      [
        anOutcome({
          task: 'support',
          units: [
            { unitType: 'user', unit: 'ada' },
            { unitType: 'conversation', unit: 'c-1' },
          ],
          at: new Date('2026-01-05T10:00:00.123Z'),
          value: 0.1 + 0.2,
          epoch: 3,
          variant: 'b',
          inferenceId: 'inf',
          assignmentId: 'token',
          evaluator: 'judge',
          evaluatorVersion: '2',
          servedModel: 'm@1',
          source: 'sdk',
          comment: 'ein "Kommentar", mit \\ und {Klammern}',
          attributes: { tier: 'gold', nested: { n: [1, null] } },
        }),
      ],
      RECEIVED,
    );
    const stored = (await rows('SELECT * FROM events ORDER BY unit')) as Array<Record<string, unknown>>;
    expect(stored.map(({ unit_type, unit }) => [unit_type, unit])).toEqual([
      ['user', 'ada'],
      ['conversation', 'c-1'],
    ]);
    expect(stored[0]).toMatchObject({
      environment: 'production',
      id: 'outcome-1',
      type: 'outcome',
      task: 'support',
      at: new Date('2026-01-05T10:00:00.123Z'),
      received_at: RECEIVED,
      metric: 'quality',
      value: 0.1 + 0.2,
      subject_id: null,
      epoch: 3,
      variant: 'b',
      inference_id: 'inf',
      assignment_id: 'token',
      evaluator: 'judge',
      evaluator_version: '2',
      served_model: 'm@1',
      source: 'sdk',
      comment: 'ein "Kommentar", mit \\ und {Klammern}',
      attributes: { tier: 'gold', nested: { n: [1, null] } },
    });
  });

  it('makes a partition for every day it meets, in UTC', async () => {
    await store.append(
      'production',
      [
        anOutcome({ id: 'late', at: new Date('2026-02-28T23:59:59.999Z') }),
        anOutcome({ id: 'early', at: new Date('2026-03-01T00:00:00.000Z') }),
      ],
      RECEIVED,
    );
    expect(await rows(`SELECT tableoid::regclass::text AS part, id FROM events ORDER BY at`)).toEqual([
      { part: 'events_20260228', id: 'late' },
      { part: 'events_20260301', id: 'early' },
    ]);
  });

  it('makes a partition again that was dropped while it remembered the day', async () => {
    await store.append('production', [anOutcome({ id: 'before' })], RECEIVED);
    await pool.query('DROP TABLE events_20260105');
    expect(await store.append('production', [anOutcome({ id: 'after' })], RECEIVED)).toEqual(['accepted']);
  });

  it('leaves each unit of new events to the aggregation, and none of repeated ones', async () => {
    await store.append('production', [anExposure(), anOutcome(), anOutcome({ id: 'outcome-2' })], RECEIVED);
    await store.append('production', [anOutcome()], RECEIVED);
    await store.append('production', [anOutcome({ id: 'lone', units: [], inferenceId: 'inf' })], RECEIVED);
    await store.append('production', [anOutcome({ id: 'outcome-3' })], RECEIVED);
    expect(
      await rows('SELECT environment, unit, inference_id, exposed FROM pending_units ORDER BY seq'),
    ).toEqual([
      { environment: 'production', unit: 'ada', inference_id: null, exposed: true },
      { environment: 'production', unit: '', inference_id: 'inf', exposed: false },
      { environment: 'production', unit: 'ada', inference_id: null, exposed: false },
    ]);
  });

  it('tells the workers', async () => {
    const listener = await pool.connect();
    try {
      await listener.query(`LISTEN ${PENDING_CHANNEL}`);
      const told = new Promise((resolve) => listener.once('notification', resolve));
      await store.append('production', [anOutcome()], RECEIVED);
      await told;
    } finally {
      listener.release(true);
    }
  });

  it('stores nothing of a batch that fails', async () => {
    const broken = anOutcome({ id: 'broken', comment: 'a\u0000b' });
    await expect(store.append('production', [anOutcome(), broken], RECEIVED)).rejects.toThrow();
    expect(await rows('SELECT id FROM event_keys')).toEqual([]);
    expect(await rows('SELECT id FROM events')).toEqual([]);
  });

  it('says that the store is away when nobody listens', async () => {
    const away = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
    await expect(new PostgresEventStore(away).append('production', [anOutcome()], RECEIVED)).rejects.toThrow(
      StoreUnavailable,
    );
    await away.end();
  });

  it('says that the store is away when its connection is cut in the middle', async () => {
    const lone = new Pool({ connectionString: database.url, max: 1, application_name: 'lone' });
    lone.on('error', () => undefined);
    const blocker = await pool.connect();
    try {
      await blocker.query('BEGIN');
      await blocker.query('LOCK TABLE event_keys');
      const answer = new PostgresEventStore(lone)
        .append('production', [anOutcome()], RECEIVED)
        .catch((error: unknown) => error);
      let cut: unknown[] = [];
      while (cut.length === 0) {
        cut = await rows(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lone' AND wait_event_type = 'Lock'`,
        );
      }
      expect(await answer).toBeInstanceOf(StoreUnavailable);
    } finally {
      await blocker.query('ROLLBACK');
      blocker.release();
      await lone.end();
    }
    expect(await rows('SELECT id FROM event_keys')).toEqual([]);
  });
});
