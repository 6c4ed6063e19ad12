import { anExposure, anOutcome, type NewEvent } from '@app/events';
import { SeededRng } from '@app/kernel';
import { MeasuredWorld } from '@app/metrics';
import { createTestDatabase, type TestDatabase } from '@app/testing';

const SUBJECT = '00000000-0000-7000-8000-000000000001';
const OPENED = new Date('2026-01-05T00:00:00Z');
const NOW = new Date('2026-01-20T00:00:00Z');
const HOUR = 3_600_000;

/** From events to evidence on a real database, by any number of workers. */
describe('aggregation', () => {
  let database: TestDatabase;
  let world: MeasuredWorld;
  let other: MeasuredWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
    [world, other] = await Promise.all([MeasuredWorld.open(database.url), MeasuredWorld.open(database.url)]);
  });
  afterAll(async () => {
    await Promise.all([world.close(), other.close()]);
    await database.drop();
  });
  beforeEach(async () => {
    await world.clear();
    await world.openSubject({
      id: SUBJECT,
      key: 'tone',
      metrics: [
        { key: 'quality' },
        { key: 'solved', kind: 'proportion' },
        { key: 'clicks', kind: 'count' },
        { key: 'cost', kind: 'ratio', numerator: 'usd', denominator: 'clicks' },
        { key: 'prompt', source: 'quality', lengthS: 6 * 3600 },
        { key: 'tail', kind: 'quantile', source: 'quality' },
      ],
      openedAt: OPENED,
    });
  });

  const exposure = (
    unit: string,
    variant: string,
    hours: number,
    id = `x-${unit}-${variant}-${hours}`,
  ): NewEvent =>
    anExposure({
      id,
      subjectId: SUBJECT,
      variant,
      units: [{ unitType: 'user', unit }],
      at: new Date(OPENED.getTime() + hours * HOUR),
    });
  const outcome = (unit: string, metric: string, value: number, hours: number): NewEvent =>
    anOutcome({
      id: `o-${unit}-${metric}-${hours}`,
      metric,
      value,
      units: [{ unitType: 'user', unit }],
      at: new Date(OPENED.getTime() + hours * HOUR),
    });
  const arm = async (metric: string, variant: string) => {
    const { metrics } = await world.evidence.read(SUBJECT, NOW);
    return metrics.find(({ key }) => key === metric)?.epochs[0]?.arms[variant];
  };

  it('counts a batch once that is sent three times', async () => {
    const batch = [
      exposure('ada', 'control', 1),
      outcome('ada', 'clicks', 2, 2),
      outcome('ada', 'clicks', 3, 3),
    ];
    for (let time = 0; time < 3; time += 1) {
      await world.append(batch);
      await world.drain(NOW);
    }
    expect(await arm('clicks', 'control')).toMatchObject({ n: 1, mean: 5 });
  });

  it('counts an outcome that came before its exposure', async () => {
    await world.append([outcome('ada', 'quality', 0.7, 2)]);
    await world.drain(NOW);
    expect(await arm('quality', 'control')).toBeUndefined();
    await world.append([exposure('ada', 'control', 1)]);
    await world.drain(NOW);
    expect(await arm('quality', 'control')).toMatchObject({ n: 1, mean: 0.7 });
  });

  it('follows a late, earlier exposure to its arm and counts what came after it', async () => {
    await world.append([
      exposure('ada', 'treatment', 5),
      outcome('ada', 'clicks', 1, 3),
      outcome('ada', 'clicks', 1, 6),
    ]);
    await world.drain(NOW);
    expect(await arm('clicks', 'treatment')).toMatchObject({ n: 1, mean: 1 });
    await world.append([exposure('ada', 'treatment', 2)]);
    await world.drain(NOW);
    expect(await arm('clicks', 'treatment')).toMatchObject({ n: 1, mean: 2 });
  });

  it('takes a unit seen in two arms out of n and counts it apart', async () => {
    await world.append([
      exposure('ada', 'control', 1),
      exposure('bob', 'control', 1),
      outcome('ada', 'quality', 1, 2),
      outcome('bob', 'quality', 0, 2),
    ]);
    await world.drain(NOW);
    expect(await arm('quality', 'control')).toMatchObject({ n: 2 });
    await world.append([exposure('ada', 'treatment', 3)]);
    await world.drain(NOW);
    const evidence = await world.evidence.read(SUBJECT, NOW);
    expect(await arm('quality', 'control')).toMatchObject({ n: 1, mean: 0 });
    expect(evidence.crossing).toEqual({ units: 1, exposed: 2 });
    expect(evidence.epochs[0]?.units).toEqual({ control: 1 });
  });

  /** 400 units in random order, some twice, some crossing, some exposures late. */
  function traffic(): NewEvent[] {
    const rng = new SeededRng(7);
    const events: NewEvent[] = [];
    for (let index = 0; index < 400; index += 1) {
      const unit = `unit-${index}`;
      const variant = rng.next() < 0.5 ? 'control' : 'treatment';
      const hours = rng.next() * 200;
      events.push(exposure(unit, variant, hours));
      if (rng.next() < 0.2) events.push(exposure(unit, variant, Math.max(0, hours - rng.next() * 10)));
      if (rng.next() < 0.02)
        events.push(exposure(unit, variant === 'control' ? 'treatment' : 'control', hours + 1));
      for (const metric of ['quality', 'solved', 'clicks', 'usd']) {
        if (rng.next() < 0.8) events.push(outcome(unit, metric, rng.next() * 3, hours - 5 + rng.next() * 20));
      }
    }
    const again = events.filter(() => rng.next() < 0.1);
    const all = [...events, ...again].map((event) => ({ event, key: rng.next() }));
    return all.sort((a, b) => a.key - b.key).map(({ event }) => event);
  }

  it('gives two workers at once, while events come in, what one would have given', async () => {
    const events = traffic();
    let sent = false;
    const send = async (): Promise<void> => {
      for (let from = 0; from < events.length; from += 100)
        await world.append(events.slice(from, from + 100));
      sent = true;
    };
    const work = async (one: MeasuredWorld): Promise<void> => {
      while (!sent || (await one.aggregator.hasWork(NOW))) await one.aggregator.round(NOW);
    };
    await Promise.all([send(), work(world), work(other)]);
    const together = [await world.unitRows(), await world.statistics()];
    await world.recountFromNothing(NOW);
    expect([await world.unitRows(), await world.statistics()]).toEqual(together);
    expect((await world.evidence.read(SUBJECT, NOW)).crossing.exposed).toBe(400);
  }, 60_000);

  it('stands as it was when a worker is cut off in the middle, and goes on from there', async () => {
    await world.append(traffic());
    // The worker stops where it adds to the statistics, with its unit rows written, and is cut off there.
    const blocker = await world.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE exposure_sums IN SHARE MODE');
    const round = other.aggregator.round(NOW).then(
      () => 'finished',
      () => 'cut off',
    );
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INTO exposure_sums%'`;
    while ((await world.pool.query(cut)).rows.length === 0);
    expect(await round).toBe('cut off');
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(await world.unitRows()).toEqual({ exposures: [], metrics: [] });

    await world.drain(NOW);
    const after = [await world.unitRows(), await world.statistics()];
    await world.recountFromNothing(NOW);
    expect([await world.unitRows(), await world.statistics()]).toEqual(after);
    expect((await world.evidence.read(SUBJECT, NOW)).crossing.exposed).toBe(400);
  }, 60_000);
});
