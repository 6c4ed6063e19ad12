import { anExposure, anOutcome, isNotStorable, type NewEvent } from '@app/events';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { RETENTION_LOCK } from './retention.sql.js';
import { SqlEventRetention } from './sql-event-retention.js';
import { MeasuredWorld } from './testing/measured-world.js';

const OLD = '00000000-0000-7000-8000-000000000001';
const YOUNG = '00000000-0000-7000-8000-000000000002';
const JANUARY = new Date('2026-01-05T00:00:00Z');
const APRIL = new Date('2026-04-05T00:00:00Z');
const NOW = new Date('2026-04-20T12:00:00Z');
const DAY_MS = 86_400_000;
const user = (unit: string) => [{ unitType: 'user', unit }];
const after = (start: Date, days: number): Date => new Date(start.getTime() + days * DAY_MS);

describe('retention of events', () => {
  let database: TestDatabase;
  let world: MeasuredWorld;
  let retention: SqlEventRetention;

  beforeEach(async () => {
    database = await createTestDatabase();
    world = await MeasuredWorld.open(database.url);
    retention = new SqlEventRetention(world.database);
    await world.openSubject({ id: OLD, key: 'old', metrics: [{ key: 'quality' }], openedAt: JANUARY });
    await world.openSubject({ id: YOUNG, key: 'young', metrics: [{ key: 'quality' }], openedAt: APRIL });
  });
  afterEach(async () => {
    await world.close();
    await database.drop();
  });

  const exposure = (unit: string, subjectId: string, at: Date, over: Partial<NewEvent> = {}): NewEvent =>
    anExposure({ id: `x-${unit}-${at.getTime()}`, subjectId, units: user(unit), at, ...over });
  const outcome = (unit: string, at: Date, over: Partial<NewEvent> = {}): NewEvent =>
    anOutcome({ id: `o-${unit}-${at.getTime()}`, units: user(unit), at, ...over });
  const close = (id: string, until: Date) =>
    world.pool.query('UPDATE subjects SET exposures_until = $2, outcomes_until = $2 WHERE id = $1', [
      id,
      until,
    ]);
  const days = async (): Promise<string[]> =>
    (
      await world.pool.query<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relname ~ '^events_[0-9]{8}$' ORDER BY 1`,
      )
    ).rows.map(({ name }) => name);
  const count = async (table: string): Promise<number> =>
    (await world.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n;
  const state = async () => [await world.unitRows(), await world.statistics()];

  /** Units of both subjects; `ada` is in both, so that counting her anew meets dropped and kept days. */
  async function fill(): Promise<NewEvent[]> {
    const events = [
      exposure('ada', OLD, after(JANUARY, 1)),
      outcome('ada', after(JANUARY, 2)),
      exposure('bob', OLD, after(JANUARY, 1), { variant: 'treatment' }),
      outcome('bob', after(JANUARY, 3), { value: 0.25 }),
      exposure('ada', YOUNG, after(APRIL, 1)),
      outcome('ada', after(APRIL, 2), { value: 0.5 }),
    ];
    await world.append(events);
    await world.drain(NOW);
    return events;
  }

  it('drops nothing that an open subject may need, and says which one', async () => {
    await fill();
    expect(await retention.run(NOW, 30)).toEqual({
      floor: null,
      droppedDays: [],
      droppedKeys: 0,
      frozen: [],
      heldBackBy: 'experiment old',
    });
    expect(await count('events')).toBe(6);
  });

  it('drops days and keys once the subject is over; its unit rows, statistics and evidence stand', async () => {
    await fill();
    await close(OLD, after(JANUARY, 20));
    await world.drain(NOW);
    const before = await state();
    const evidence = await world.evidence.read(OLD, NOW);
    expect(await retention.run(NOW, 30)).toEqual({
      floor: new Date('2026-03-20T00:00:00Z'),
      droppedDays: ['2026-01-06', '2026-01-07', '2026-01-08'],
      droppedKeys: 4,
      frozen: ['experiment old'],
      heldBackBy: null,
    });
    expect(await days()).toEqual(['events_20260406', 'events_20260407']);
    expect([await count('events'), await count('event_keys')]).toEqual([2, 2]);
    expect(await state()).toEqual(before);
    expect(await world.evidence.read(OLD, NOW)).toEqual(evidence);
    expect(evidence.crossing.exposed).toBe(2);
  });

  it('leaves a frozen subject as it is when its units are counted again, and goes on with the others', async () => {
    await fill();
    await close(OLD, after(JANUARY, 20));
    await world.drain(NOW);
    await retention.run(NOW, 30);
    const old = await world.evidence.read(OLD, NOW);
    await world.append([outcome('ada', after(APRIL, 3), { value: 1 })]);
    await world.drain(NOW);
    await world.aggregator.recountUnit('production', 'bob');
    await world.aggregator.recount(YOUNG);
    await world.drain(NOW);
    expect(await world.evidence.read(OLD, NOW)).toEqual(old);
    const young = await world.evidence.read(YOUNG, NOW);
    expect(young.metrics[0]?.epochs[0]?.arms['control']).toMatchObject({ n: 1, mean: 0.75 });
    await expect(world.aggregator.recount(OLD)).rejects.toMatchObject({ code: 'EVENTS_DROPPED' });
  });

  it('takes no event of a dropped day again, whose key it no longer has', async () => {
    const [first] = await fill();
    await close(OLD, after(JANUARY, 20));
    await world.drain(NOW);
    await retention.run(NOW, 30);
    const again = world.events.append('production', [first!], NOW);
    expect(isNotStorable(await again.catch((error: unknown) => error))).toBe(true);
    expect(await days()).toEqual(['events_20260406', 'events_20260407']);
  });

  it('does nothing the second time, and goes on when days pass', async () => {
    await fill();
    await close(OLD, after(JANUARY, 20));
    await world.drain(NOW);
    await retention.run(NOW, 30);
    expect(await retention.run(NOW, 30)).toMatchObject({ droppedDays: [], droppedKeys: 0, frozen: [] });
    expect(await retention.run(NOW, 60)).toMatchObject({ floor: new Date('2026-03-20T00:00:00Z') });
    await close(YOUNG, after(APRIL, 10));
    await world.drain(NOW);
    expect(await retention.run(after(NOW, 60), 30)).toMatchObject({
      droppedDays: ['2026-04-06', '2026-04-07'],
      droppedKeys: 2,
      frozen: ['experiment young'],
    });
    expect((await world.evidence.read(YOUNG, NOW)).crossing.exposed).toBe(1);
  });

  it('keeps days older than the opening of a subject whose exposures were given to it', async () => {
    await fill();
    await close(OLD, after(JANUARY, 20));
    await world.append([exposure('eve', YOUNG, after(JANUARY, 2))]);
    await world.drain(NOW);
    expect(await retention.run(NOW, 30)).toMatchObject({
      floor: null,
      droppedDays: [],
      heldBackBy: 'experiment young',
    });
    // What is older than the day before its first exposure goes.
    await world.append([outcome('joe', JANUARY)]);
    await world.drain(NOW);
    expect(await retention.run(NOW, 30)).toMatchObject({
      floor: new Date('2026-01-06T00:00:00Z'),
      droppedDays: ['2026-01-05'],
      frozen: ['experiment old'],
    });
  });

  it('waits until what came before is counted', async () => {
    await fill();
    await world.append([outcome('bob', after(JANUARY, 4), { value: 0.75 })]);
    await close(OLD, after(JANUARY, 20));
    expect(await retention.run(NOW, 30)).toBeNull();
    expect(await count('events')).toBe(7);
    await world.drain(NOW);
    expect(await retention.run(NOW, 30)).toMatchObject({ frozen: ['experiment old'] });
    const { metrics } = await world.evidence.read(OLD, NOW);
    expect(metrics[0]?.epochs[0]?.arms['treatment']).toMatchObject({ n: 1, mean: 0.5 });
  });

  it('is one worker’s work at a time', async () => {
    const other = await world.pool.connect();
    await other.query('SELECT pg_advisory_lock($1)', [RETENTION_LOCK]);
    expect(await retention.run(NOW, 30)).toBeNull();
    await other.query('SELECT pg_advisory_unlock($1)', [RETENTION_LOCK]);
    other.release();
    expect(await retention.run(NOW, 30)).not.toBeNull();
  });

  it('goes on where a run was ended: a day half detached, a day detached and not dropped, keys not yet gone', async () => {
    await fill();
    await close(OLD, after(JANUARY, 20));
    await world.drain(NOW);
    await world.pool.query('ALTER TABLE events DETACH PARTITION events_20260106');
    // A reader that looks at another day keeps the second half of a detachment waiting, which is then cut off.
    const reader = await world.pool.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT count(*) FROM events');
    const cut = retention.run(NOW, 30).then(
      () => 'done',
      () => 'cut off',
    );
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%DETACH%'`;
    while ((await world.pool.query(kill)).rows.length === 0);
    expect(await cut).toBe('cut off');
    await reader.query('COMMIT');
    reader.release();
    const half = await world.pool.query('SELECT FROM pg_inherits WHERE inhdetachpending');
    expect(half.rowCount).toBe(1);
    expect(await count('event_keys')).toBe(6);

    expect(await retention.run(NOW, 30)).toMatchObject({
      droppedDays: ['2026-01-07', '2026-01-08'],
      droppedKeys: 4,
      frozen: [],
    });
    expect(await days()).toEqual(['events_20260406', 'events_20260407']);
    expect((await world.evidence.read(OLD, NOW)).crossing.exposed).toBe(2);
  });

  it('does not wait for long for whoever reads a day that goes, and goes on later', async () => {
    await fill();
    await close(OLD, after(JANUARY, 20));
    await world.drain(NOW);
    const reader = await world.pool.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT count(*) FROM events');
    expect(await retention.run(NOW, 30)).toBeNull();
    await reader.query('COMMIT');
    reader.release();
    expect(await retention.run(NOW, 30)).toMatchObject({
      droppedDays: ['2026-01-06', '2026-01-07', '2026-01-08'],
      droppedKeys: 4,
    });
  });

  it('lets events come in and be counted while a day goes', async () => {
    await fill();
    await close(OLD, after(JANUARY, 20));
    await world.drain(NOW);
    const reader = await world.pool.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT count(*) FROM events');
    const run = retention.run(NOW, 30);
    const waiting = `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%DETACH%'`;
    while ((await world.pool.query(waiting)).rows.length === 0);
    await world.append([outcome('ada', after(APRIL, 3), { value: 1 })]);
    await world.drain(NOW);
    expect((await world.evidence.read(YOUNG, NOW)).metrics[0]?.epochs[0]?.arms['control']).toMatchObject({
      n: 1,
      mean: 0.75,
    });
    await reader.query('COMMIT');
    reader.release();
    expect(await run).toMatchObject({ droppedDays: ['2026-01-06', '2026-01-07', '2026-01-08'] });
  });
});
