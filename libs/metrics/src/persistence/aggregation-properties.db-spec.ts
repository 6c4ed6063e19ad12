import fc from 'fast-check';
import { anExposure, anOutcome, type NewEvent } from '@app/events';
import { momentsOf } from '@app/stats';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { SqlUnitEraser } from './sql-unit-eraser.js';
import { MeasuredWorld, type WorldMetric } from './testing/measured-world.js';
import { type OracleSubject, unitsByTheRules } from './testing/oracle.js';

const TONE = '00000000-0000-7000-8000-000000000001';
const MENU = '00000000-0000-7000-8000-000000000002';
const START = Date.parse('2026-01-05T23:50:00Z');
const NOW = new Date('2026-01-06T01:00:00Z');
const MINUTE = 60_000;

const METRICS: readonly WorldMetric[] = [
  { key: 'quality' },
  { key: 'solved', kind: 'proportion', source: 'quality', threshold: 0.3 },
  { key: 'clicks', kind: 'count', cap: 2.5 },
  { key: 'prompt', source: 'quality', lengthS: 600 },
  { key: 'later', kind: 'count', source: 'clicks', delayS: 300, lengthS: 900 },
  { key: 'cost', kind: 'ratio', numerator: 'quality', denominator: 'clicks' },
  { key: 'tail', kind: 'quantile', source: 'quality', lengthS: 1500 },
];

const subject = (id: string, task: string): OracleSubject => ({
  id,
  task,
  unitType: 'user',
  exposuresUntil: START + 30 * MINUTE,
  outcomesUntil: START + 40 * MINUTE,
  epochs: [
    { number: 1, openedAt: START },
    { number: 2, openedAt: START + 15 * MINUTE },
  ],
  metrics: METRICS,
});
const SUBJECTS = [subject(TONE, 'support'), subject(MENU, 'menu')];

// A small alphabet, so that events meet: three units, two subjects, five ids of anything.
const unit = fc.constantFrom('ada', 'bob', 'c\u00e9leste');
const units = fc
  .tuple(fc.constantFrom('', 'user', 'tenant'), unit)
  .map(([unitType, name]) => [{ unitType, unit: name }]);
const time = fc.integer({ min: -4, max: 90 }).map((half) => new Date(START + half * (MINUTE / 2)));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 2 });
const exposure = fc.record<Partial<NewEvent>>({
  units,
  at: time,
  subjectId: fc.constantFrom(TONE, TONE, MENU),
  variant: fc.constantFrom('control', 'control', 'treatment'),
  epoch: maybe(fc.constantFrom(1, 2)),
  attributes: maybe(
    fc.record(
      { tier: fc.constantFrom('free', 'pro'), before: fc.constantFrom(0.1, 0.3, 7) },
      { requiredKeys: [] },
    ),
  ),
  inferenceId: maybe(fc.constantFrom('i1', 'i2')),
  assignmentId: maybe(fc.constantFrom('t1', 't2')),
});
const outcome = fc.record<Partial<NewEvent>>({
  units: fc.oneof({ weight: 5, arbitrary: units }, { weight: 1, arbitrary: fc.constant([]) }),
  at: time,
  metric: fc.constantFrom('quality', 'clicks'),
  value: fc.constantFrom(0.1, 0.2, 0.7, 3, null),
  task: maybe(fc.constantFrom('support', 'menu')),
  subjectId: fc.constantFrom(null, null, null, MENU),
  inferenceId: maybe(fc.constantFrom('i1', 'i2', 'i3')),
  assignmentId: maybe(fc.constantFrom('t1', 't3')),
  source: fc.constantFrom(null, null, null, 'shadow'),
});
const events = fc
  .array(
    fc.oneof(
      exposure.map((over) => anExposure(over)),
      outcome.map((over) => anOutcome(over)),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((list) => list.map((event, index): NewEvent => ({ ...event, id: `event-${index}` })));

/** The events in any order, some of them twice, in batches. */
const arrivals = events.chain((list) =>
  fc.record({
    order: fc.shuffledSubarray([...list, ...list], { minLength: list.length }),
    list: fc.constant(list),
    batches: fc.integer({ min: 1, max: 5 }),
  }),
);

describe('aggregation, whatever the order of arrival', () => {
  let database: TestDatabase;
  let world: MeasuredWorld;

  beforeAll(async () => {
    database = await createTestDatabase();
    world = await MeasuredWorld.open(database.url);
  });
  afterAll(async () => {
    await world.close();
    await database.drop();
  });

  async function start(): Promise<void> {
    await world.clear();
    for (const { id, task } of SUBJECTS) {
      await world.openSubject({
        ...{ id, key: task, task, metrics: METRICS, openedAt: new Date(START) },
        ...{ covariates: ['before'], dimensions: ['tier'] },
      });
      await world.openEpoch(id, 2, new Date(START + 15 * MINUTE));
    }
    await world.pool.query('UPDATE subjects SET exposures_until = $1, outcomes_until = $2', [
      new Date(START + 30 * MINUTE),
      new Date(START + 40 * MINUTE),
    ]);
  }

  async function unitRows(subjectId: string): Promise<unknown[]> {
    const { rows } = await world.pool.query(
      `SELECT x.unit, x.variant, x.epoch, x.first_at, x.crossing,
         coalesce(jsonb_object_agg(m.key, jsonb_build_object('value', u.value, 'denominator', u.denominator, 'events', u.events))
           FILTER (WHERE m.key IS NOT NULL), '{}') AS values
       FROM unit_exposures x
       LEFT JOIN unit_metrics u ON u.unit = x.unit AND u.subject_id = x.subject_id
       LEFT JOIN metrics m ON m.id = u.metric_id
       WHERE x.subject_id = $1 GROUP BY 1, 2, 3, 4, 5 ORDER BY x.unit COLLATE "C"`,
      [subjectId],
    );
    return rows.map(({ first_at, ...row }) => ({ ...row, firstAt: first_at.getTime() }));
  }

  it('equals the rules applied to each unit, and equals a recount to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ order, list, batches }) => {
        await start();
        const size = Math.ceil(order.length / batches);
        // Time passes while events come, so that windows close on units before and after they are measured.
        for (let from = 0; from < order.length; from += size) {
          await world.append(order.slice(from, from + size));
          await world.drain(new Date(NOW.getTime() - Math.max(0, order.length - from) * MINUTE));
        }
        await world.append(list);
        await world.drain(NOW);
        expect(await world.partsAddUp()).toEqual([]);
        for (const one of SUBJECTS) {
          const expected = unitsByTheRules(one, list);
          expect(await unitRows(one.id)).toEqual(expected);
          const evidence = await world.evidence.read(one.id, NOW);
          for (const variant of ['control', 'treatment']) {
            for (const epoch of [1, 2]) {
              const arm = expected.filter(
                (row) => !row.crossing && row.variant === variant && row.epoch === epoch,
              );
              expect(evidence.epochs.find(({ number }) => number === epoch)?.units[variant] ?? 0).toBe(
                arm.length,
              );
              for (const { key, kind } of METRICS) {
                const values = arm.flatMap((row) => row.values[key]?.value ?? (kind === 'count' ? [0] : []));
                const measured = evidence.metrics.find((metric) => metric.key === key)!;
                const got = measured.epochs.find(({ number }) => number === epoch)?.arms[variant];
                const wanted = momentsOf(values);
                expect(got?.n ?? 0).toBe(wanted.n);
                expect(got?.mean ?? 0).toBeCloseTo(wanted.mean, 12);
                expect(got?.m2 ?? 0).toBeCloseTo(wanted.m2, 12);
              }
            }
          }
        }
        const incremental = [await world.unitRows(), await world.statistics()];
        await world.recountFromNothing(NOW);
        expect([await world.unitRows(), await world.statistics()]).toEqual(incremental);
      }),
      { numRuns: 25, seed: 20260105 },
    );
  }, 180_000);

  it('equals the rules applied to all others when a unit is erased at any moment', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.nat(), async ({ order, batches }, moment) => {
        await start();
        const eraser = new SqlUnitEraser(world.database, world.aggregator);
        // Whose an inference is may be said after the erasure; here hers are hers alone.
        const hers = (event: NewEvent): boolean => event.units.some(({ unit: name }) => name === 'ada');
        const sent = order.map((event) => (hers(event) ? { ...event, inferenceId: null } : event));
        const size = Math.ceil(sent.length / batches);
        for (let batch = 0; batch <= batches; batch += 1) {
          if (batch === moment % (batches + 1))
            await eraser.erase({ environment: 'production', unit: 'ada', unitType: '' }, NOW);
          await world.append(sent.slice(batch * size, (batch + 1) * size));
          if (batch % 2 === 0) await world.drain(NOW);
        }
        await world.drain(NOW);
        for (const one of SUBJECTS) {
          const others = sent.filter((event) => !hers(event));
          expect(await unitRows(one.id)).toEqual(unitsByTheRules(one, others));
        }
        const erased = [await world.unitRows(), await world.statistics()];
        await world.recountFromNothing(NOW);
        expect([await world.unitRows(), await world.statistics()]).toEqual(erased);
        expect((await world.pool.query(`SELECT FROM events WHERE unit = 'ada'`)).rowCount).toBe(0);
      }),
      { numRuns: 15, seed: 20260106 },
    );
  }, 180_000);

  it('lets windows close as time passes, without an event', async () => {
    await start();
    await world.append([
      anExposure({
        id: 'x',
        subjectId: TONE,
        units: [{ unitType: 'user', unit: 'ada' }],
        at: new Date(START),
      }),
      anOutcome({ id: 'o', units: [{ unitType: 'user', unit: 'ada' }], at: new Date(START + MINUTE) }),
    ]);
    const prompt = async (now: number) => {
      await world.drain(new Date(now));
      const { metrics } = await world.evidence.read(TONE, new Date(now));
      const measured = metrics.find(({ key }) => key === 'prompt')!;
      return [measured.openUnits['control'], measured.epochs[0]?.arms['control']?.n ?? 0];
    };
    expect(await prompt(START + 5 * MINUTE)).toEqual([1, 0]);
    expect(await prompt(START + 10 * MINUTE - 1)).toEqual([1, 0]);
    expect(await prompt(START + 10 * MINUTE)).toEqual([0, 1]);
  });
});
