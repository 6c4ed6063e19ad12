import { anExposure, anOutcome, type NewEvent, PostgresRefusedEventStore, shardOf } from '@app/events';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { SHARD_LOCKS } from './queue.sql.js';
import { SqlUnitEraser } from './sql-unit-eraser.js';
import { MeasuredWorld } from './testing/measured-world.js';

const TONE = '00000000-0000-7000-8000-000000000001';
const ACCOUNTS = '00000000-0000-7000-8000-000000000002';
const OPENED = new Date('2026-01-05T00:00:00Z');
const NOW = new Date('2026-01-20T00:00:00Z');
const HOUR = 3_600_000;
const at = (hours: number): Date => new Date(OPENED.getTime() + hours * HOUR);
const user = (unit: string) => [{ unitType: 'user', unit }];

describe('an erasure', () => {
  let database: TestDatabase;
  let world: MeasuredWorld;
  let eraser: SqlUnitEraser;

  beforeAll(async () => {
    database = await createTestDatabase();
    world = await MeasuredWorld.open(database.url);
    eraser = new SqlUnitEraser(world.database, world.aggregator);
  });
  afterAll(async () => {
    await world.close();
    await database.drop();
  });
  beforeEach(async () => {
    await world.clear();
    await world.pool.query('TRUNCATE refused_events');
    await world.openSubject({
      id: TONE,
      key: 'tone',
      metrics: [{ key: 'quality' }, { key: 'clicks', kind: 'count' }],
      openedAt: OPENED,
    });
  });

  const exposure = (unit: string, over: Partial<NewEvent> = {}): NewEvent =>
    anExposure({ id: `x-${unit}`, subjectId: TONE, units: user(unit), at: at(1), ...over });
  const outcome = (unit: string, over: Partial<NewEvent> = {}): NewEvent =>
    anOutcome({ id: `o-${unit}`, units: user(unit), at: at(2), value: 0.5, ...over });
  const erase = (unit: string, unitType = '') =>
    eraser.erase({ environment: 'production', unit, unitType }, NOW);
  const ids = async (): Promise<string[]> =>
    (await world.pool.query<{ id: string }>('SELECT id FROM events ORDER BY id')).rows.map(({ id }) => id);
  const state = async () => [await world.unitRows(), await world.statistics()];

  /** What the platform would know had the events never come. */
  async function without(events: readonly NewEvent[]): Promise<unknown> {
    const erased = await state();
    const before = await ids();
    await world.pool.query('TRUNCATE events, event_keys, erased_identifiers');
    await world.append(events);
    await world.recountFromNothing(NOW);
    expect(await ids()).toEqual(before);
    return erased;
  }

  it('leaves events, unit rows and statistics as if the unit had never come, at once', async () => {
    const others = [exposure('bob'), outcome('bob'), exposure('eve', { variant: 'treatment' })];
    await world.append([
      ...others,
      exposure('ada'),
      outcome('ada'),
      outcome('ada', { id: 'o2', metric: 'clicks' }),
    ]);
    await world.drain(NOW);
    expect(await erase('ada')).toMatchObject({
      events: 3,
      inferenceEvents: 0,
      scrubbedEvents: 0,
      refusedEvents: 0,
      subjects: [{ kind: 'experiment', key: 'tone' }],
      overrides: [],
      until: NOW,
    });
    const erased = await without(others);
    expect(await state()).toEqual(erased);
  });

  it('takes what waits to be counted as well', async () => {
    await world.append([exposure('ada'), outcome('ada')]);
    await erase('ada');
    expect((await world.pool.query('SELECT FROM pending_units')).rowCount).toBe(0);
    await world.drain(NOW);
    expect(await state()).toEqual([
      { exposures: [], metrics: [] },
      { exposures: [], metrics: [], quantiles: [], totals: [] },
    ]);
  });

  it('does nothing the second time, under the same reference, and names nobody', async () => {
    await world.append([exposure('ada'), outcome('ada')]);
    await world.drain(NOW);
    const first = await erase('ada');
    const second = await erase('ada');
    expect(second).toMatchObject({ events: 0, subjects: [], reference: first.reference });
    expect(first.reference).toMatch(/^[0-9a-f]{64}$/);
    const { rows } = await world.pool.query<{ text: string }>(
      'SELECT e::text AS text FROM erased_identifiers e',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.text).not.toContain('ada');
  });

  it('is not undone by sending the same events again', async () => {
    const batch = [exposure('ada'), outcome('ada')];
    await world.append(batch);
    await world.drain(NOW);
    await erase('ada');
    expect(await world.events.append('production', batch, NOW)).toEqual(['duplicate', 'duplicate']);
    expect(await world.events.append('production', [outcome('ada', { value: 9 })], NOW)).toEqual([
      'duplicate',
    ]);
    expect(await ids()).toEqual([]);
    const { rows } = await world.pool.query<{ bytes: number }>(
      'SELECT DISTINCT length(digest) AS bytes FROM event_keys',
    );
    expect(rows).toEqual([{ bytes: 0 }]);
  });

  it('removes events that happened before it and arrive after it, before they are counted', async () => {
    await world.append([exposure('ada'), exposure('bob')]);
    await world.drain(NOW);
    await erase('ada');
    await world.append([outcome('ada'), exposure('ada', { id: 'x-late', at: NOW }), outcome('bob')]);
    await world.drain(NOW);
    expect(await ids()).toEqual(['o-bob', 'x-bob']);
    expect(await world.unitRows()).toMatchObject({
      exposures: [{ unit: 'bob' }],
      metrics: [{ unit: 'bob' }],
    });
    const late = [outcome('ada'), exposure('ada', { id: 'x-late', at: NOW })];
    expect(await world.events.append('production', late, NOW)).toEqual(['duplicate', 'duplicate']);
  });

  it('begins anew with what happens after it', async () => {
    await world.append([exposure('ada'), outcome('ada')]);
    await world.drain(NOW);
    await erase('ada');
    const later = new Date(NOW.getTime() + 1);
    await world.append([
      exposure('ada', { id: 'x2', at: later }),
      outcome('ada', { id: 'o2', at: later, value: 0.9 }),
    ]);
    await world.drain(new Date(NOW.getTime() + HOUR));
    expect(await world.unitRows()).toMatchObject({
      exposures: [{ unit: 'ada', first_at: later }],
      metrics: [{ unit: 'ada', value: 0.9 }],
    });
  });

  it('takes outcomes that know only an inference of the unit, now and later, and none of another unit’s', async () => {
    await world.append([
      exposure('ada', { inferenceId: 'hers' }),
      exposure('bob', { inferenceId: 'both' }),
      outcome('ada', { id: 'o-both', inferenceId: 'both' }),
      anOutcome({ id: 'lone-hers', units: [], inferenceId: 'hers', at: at(2) }),
      anOutcome({ id: 'lone-both', units: [], inferenceId: 'both', at: at(2) }),
    ]);
    expect(await erase('ada')).toMatchObject({ events: 2, inferenceEvents: 1 });
    expect(await ids()).toEqual(['lone-both', 'x-bob']);
    await world.append([
      anOutcome({ id: 'late-hers', units: [], inferenceId: 'hers', at: new Date(NOW.getTime() + HOUR) }),
      anOutcome({ id: 'late-both', units: [], inferenceId: 'both', at: at(3) }),
    ]);
    await world.drain(NOW);
    expect(await ids()).toEqual(['late-both', 'lone-both', 'x-bob']);
    expect(await world.unitRows()).toMatchObject({ metrics: [{ unit: 'bob', events: 2 }] });
  });

  it('keeps the numbers of other units an event is about, without what was said', async () => {
    const both = [...user('ada'), { unitType: 'tenant', unit: 'acme' }];
    await world.append([
      outcome('ada', { units: both, comment: 'call me on 555', attributes: { mail: 'ada@example.com' } }),
      outcome('bob', { units: [{ unitType: 'tenant', unit: 'acme' }], comment: 'hello' }),
    ]);
    expect(await erase('ada')).toMatchObject({ events: 1, scrubbedEvents: 1 });
    const { rows } = await world.pool.query(
      'SELECT id, unit, value, comment, attributes FROM events ORDER BY id',
    );
    expect(rows).toEqual([
      { id: 'o-ada', unit: 'acme', value: 0.5, comment: null, attributes: null },
      { id: 'o-bob', unit: 'acme', value: 0.5, comment: 'hello', attributes: null },
    ]);
  });

  it('of a unit type leaves the same name alone under other types', async () => {
    await world.openSubject({
      id: ACCOUNTS,
      key: 'accounts',
      task: 'billing',
      unitType: 'tenant',
      metrics: [],
      openedAt: OPENED,
    });
    const tenant = [{ unitType: 'tenant', unit: '42' }];
    await world.append([
      exposure('42'),
      exposure('42', { id: 'x-tenant', subjectId: ACCOUNTS, units: tenant }),
    ]);
    await world.drain(NOW);
    expect(await erase('42', 'user')).toMatchObject({ events: 1, subjects: [{ key: 'tone' }] });
    await world.append([
      exposure('42', { id: 'x-late' }),
      exposure('42', { id: 'x-tenant-late', subjectId: ACCOUNTS, units: tenant, at: at(0.5) }),
    ]);
    await world.drain(NOW);
    expect(await ids()).toEqual(['x-tenant', 'x-tenant-late']);
    expect(await world.unitRows()).toMatchObject({
      exposures: [{ unit: '42', subject_id: ACCOUNTS, first_at: at(0.5) }],
    });
  });

  it('takes refused events that are about the unit, whatever else was refused', async () => {
    const refused = new PostgresRefusedEventStore(world.pool);
    const times = { receivedAt: NOW, foundAt: NOW };
    const keep = (event: NewEvent) =>
      refused.keep('production', [{ event, reason: 'EVENT_ID_REUSED' }], times);
    await keep(outcome('ada'));
    await keep(outcome('bob'));
    await keep(outcome('eve', { comment: '\u0000' }));
    await keep(outcome('ada', { id: 'unreadable', comment: '\u0000' }));
    expect(await erase('ada')).toMatchObject({ refusedEvents: 2 });
    const { rows } = await world.pool.query<{ id: string }>('SELECT id FROM refused_events ORDER BY id');
    expect(rows.map(({ id }) => id)).toEqual(['o-bob', 'o-eve']);
  });

  it('takes the rows of a subject whose events are dropped, and its statistics follow', async () => {
    await world.append([exposure('ada'), outcome('ada'), exposure('bob'), outcome('bob', { value: 0.7 })]);
    await world.drain(NOW);
    await world.pool.query('UPDATE subjects SET frozen_at = $1', [NOW]);
    await world.pool.query('TRUNCATE events');
    expect(await erase('ada')).toMatchObject({ events: 0, subjects: [{ key: 'tone' }] });
    const { metrics } = await world.evidence.read(TONE, NOW);
    expect(metrics.find(({ key }) => key === 'quality')?.epochs[0]?.arms['control']).toMatchObject({
      n: 1,
      mean: 0.7,
    });
  });

  it('holds beside two workers, while events of the same units come in', async () => {
    const other = await MeasuredWorld.open(database.url);
    try {
      const units = Array.from({ length: 60 }, (_, index) => `unit-${index}`);
      const events = units.flatMap((unit, index) => [
        exposure(unit, { inferenceId: `i-${unit}`, variant: index % 2 ? 'control' : 'treatment' }),
        outcome(unit),
        outcome(unit, { id: `c-${unit}`, metric: 'clicks', value: 2 }),
        anOutcome({ id: `l-${unit}`, units: [], inferenceId: `i-${unit}`, at: at(3) }),
      ]);
      const gone = units.filter((_, index) => index % 3 === 0);
      let busy = true;
      const send = async (): Promise<void> => {
        for (let from = 0; from < events.length; from += 7) await world.append(events.slice(from, from + 7));
      };
      const forget = async (): Promise<void> => {
        for (const unit of gone) await erase(unit);
      };
      const work = async (one: MeasuredWorld): Promise<void> => {
        while (busy || (await one.aggregator.hasWork(NOW))) await one.aggregator.round(NOW);
      };
      const working = [work(world), work(other)];
      await Promise.all([send(), forget(), send()]);
      busy = false;
      await Promise.all(working);

      // An outcome whose exposure never became known to its erasure is tied to nobody, and nobody is counted by it.
      const kept = (await ids()).filter((id) => !id.startsWith('l-'));
      const left = units.filter((unit) => !gone.includes(unit));
      expect(kept).toEqual(left.flatMap((unit) => [`c-${unit}`, `o-${unit}`, `x-${unit}`]).sort());
      const together = await state();
      await world.recountFromNothing(NOW);
      expect(await state()).toEqual(together);
      expect((await world.evidence.read(TONE, NOW)).crossing.exposed).toBe(left.length);
    } finally {
      await other.close();
    }
  });

  it('waits for the transaction that counts the unit, and for no other', async () => {
    await world.append([exposure('ada'), exposure('bob')]);
    const counting = await world.pool.connect();
    await counting.query('BEGIN');
    await counting.query('SELECT pg_advisory_xact_lock($1, $2)', [SHARD_LOCKS, shardOf('ada')]);
    expect(shardOf('bob')).not.toBe(shardOf('ada'));
    expect(await erase('bob')).toMatchObject({ events: 1 });
    let done = false;
    const waiting = erase('ada').finally(() => (done = true));
    const waits = `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'`;
    while (!done && (await world.pool.query(waits)).rowCount === 0);
    expect(done).toBe(false);
    await counting.query('COMMIT');
    counting.release();
    expect(await waiting).toMatchObject({ events: 1 });
  });

  it('is whole or nothing when it is cut off in the middle', async () => {
    await world.append([exposure('ada'), outcome('ada')]);
    await world.drain(NOW);
    const before = [await ids(), ...(await state())];
    const blocker = await world.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE exposure_sums IN SHARE MODE');
    const cut = erase('ada').then(
      () => 'done',
      () => 'cut off',
    );
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INTO exposure_sums%'`;
    while ((await world.pool.query(kill)).rows.length === 0);
    expect(await cut).toBe('cut off');
    await blocker.query('ROLLBACK');
    blocker.release();
    expect([await ids(), ...(await state())]).toEqual(before);
    expect(await erase('ada')).toMatchObject({ events: 2 });
  });
});
