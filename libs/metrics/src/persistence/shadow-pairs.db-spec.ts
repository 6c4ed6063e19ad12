import { anExposure, anOutcome, type NewEvent } from '@app/events';
import { pairMomentsOf } from '@app/stats';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { RECOMPUTE_SHADOW_PAIRS } from './shadow-pairs.sql.js';
import { SqlUnitEraser } from './sql-unit-eraser.js';
import { MeasuredWorld, type WorldMetric } from './testing/measured-world.js';

const ROLLOUT = '00000000-0000-7000-8000-000000000001';
const TONE = '00000000-0000-7000-8000-000000000002';
const OPENED = new Date('2026-01-05T00:00:00Z');
const NOW = new Date('2026-01-20T00:00:00Z');
const at = (time: string): Date => new Date(`2026-01-05T${time}Z`);

describe('pairs of a shadow stage', () => {
  let database: TestDatabase;
  let world: MeasuredWorld;
  let serial = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    world = await MeasuredWorld.open(database.url);
  });
  afterAll(async () => {
    await world.close();
    await database.drop();
  });
  beforeEach(() => world.clear());

  const begun = async (...metrics: WorldMetric[]): Promise<void> => {
    await world.openSubject({ id: ROLLOUT, kind: 'rollout', key: 'new', metrics, openedAt: OPENED });
    await world.pool.query(`UPDATE subjects SET shadow_until = 'infinity'`);
  };
  /** What a model's answer to a request of a unit came to. */
  const scored = (
    unit: string,
    request: string | null,
    value: number,
    more: Partial<NewEvent> = {},
  ): NewEvent =>
    anOutcome({
      ...{ id: `o-${(serial += 1)}`, at: at('10:00:00'), units: [{ unitType: 'user', unit }], value },
      ...{ inferenceId: request, ...more },
    });
  const shadow = (
    unit: string,
    request: string | null,
    value: number,
    more: Partial<NewEvent> = {},
  ): NewEvent => scored(unit, request, value, { source: 'shadow', ...more });
  const count = async (...events: NewEvent[]): Promise<void> => {
    await world.append(events);
    await world.drain(NOW);
  };
  const rows = async (): Promise<unknown[]> =>
    (await world.pool.query('SELECT unit, requests, champion, challenger FROM shadow_pairs ORDER BY unit'))
      .rows;

  it('are of requests that both models answered, whichever answer is scored first', async () => {
    await begun({ key: 'quality' });
    await count(scored('ada', 'r1', 0.5), shadow('bob', 'r3', 1));
    expect(await rows()).toEqual([]);
    await count(shadow('ada', 'r1', 0.25), scored('bob', 'r3', 0.75));
    await count(scored('ada', 'r2', 1), shadow('ada', 'r9', 0), scored('cy', 'r4', 1));
    expect(await rows()).toEqual([
      { unit: 'ada', requests: 1, champion: 0.5, challenger: 0.25 },
      { unit: 'bob', requests: 1, champion: 0.75, challenger: 1 },
    ]);
    const found = await world.store.shadow(ROLLOUT);
    expect(found).toEqual({
      metrics: [{ key: 'quality', pairs: pairMomentsOf([0.5, 0.75], [0.25, 1]) }],
      lastPairAt: at('10:00:00'),
    });
  });

  it('are one number a unit and model, as the metric is defined', async () => {
    await begun(
      { key: 'quality' },
      { key: 'solved', kind: 'proportion', source: 'quality', threshold: 0.5 },
      { key: 'steps', kind: 'count', source: 'step', cap: 3 },
    );
    await count(
      ...['r1', 'r2'].flatMap((request, n) => [
        scored('ada', request, n),
        shadow('ada', request, 0.2 + n / 10),
      ]),
      ...[1, 1, 5].map((value) => scored('ada', 'r1', value, { metric: 'step' })),
      shadow('ada', 'r1', 2, { metric: 'step' }),
    );
    const { metrics } = await world.store.shadow(ROLLOUT);
    expect(metrics.map(({ key, pairs }) => [key, pairs.n, pairs.x.mean, pairs.y.mean])).toEqual([
      ['quality', 1, 0.5, 0.25],
      ['solved', 1, 1, 0],
      ['steps', 1, 3, 2],
    ]);
  });

  it('have of a ratio its linearised value, so that the moments are those of the delta method', async () => {
    await begun({ key: 'per-token', kind: 'ratio', numerator: 'cost', denominator: 'tokens' });
    const cost = { metric: 'cost' };
    const tokens = { metric: 'tokens' };
    // Champion's and challenger's cost and tokens of four units.
    const units = [
      [
        [3, 2],
        [4, 2],
      ],
      [
        [5, 4],
        [3, 4],
      ],
      [
        [1, 1],
        [2, 2],
      ],
      [
        [8, 4],
        [6, 5],
      ],
    ] as const;
    await count(
      ...units.flatMap(([champion, challenger], n) => [
        ...[scored(`u${n}`, 'r1', champion[0], cost), scored(`u${n}`, 'r1', champion[1], tokens)],
        ...[shadow(`u${n}`, 'r1', challenger[0], cost), shadow(`u${n}`, 'r1', challenger[1], tokens)],
      ]),
      // Of no pair, as only one model answered.
      ...[scored('u0', 'r9', 100, cost), shadow('u1', 'r8', 100, tokens)],
    );
    const { pairs } = (await world.store.shadow(ROLLOUT)).metrics[0]!;
    const sum = (of: (unit: (typeof units)[number]) => number) =>
      units.reduce((all, one) => all + of(one), 0);
    const ratio = (side: 0 | 1) => sum((one) => one[side][0]) / sum((one) => one[side][1]);
    expect([pairs.n, pairs.x.mean, pairs.y.mean]).toEqual([
      4,
      expect.closeTo(ratio(0), 12),
      expect.closeTo(ratio(1), 12),
    ]);
    // Var(R₂ − R₁) ≈ Σᵢ (r₂ᵢ / d̄₂ − r₁ᵢ / d̄₁)² / (n (n − 1)), with the residuals r = n − R d of each unit.
    const residual = (one: (typeof units)[number], side: 0 | 1) =>
      (4 * (one[side][0] - ratio(side) * one[side][1])) / sum((other) => other[side][1]);
    const m2 = sum((one) => (residual(one, 1) - residual(one, 0)) ** 2);
    expect(pairs.y.m2 - 2 * pairs.comoment + pairs.x.m2).toBeCloseTo(m2, 12);
  });

  it('have no ratio of a side without any denominator', async () => {
    await begun({ key: 'per-token', kind: 'ratio', numerator: 'cost', denominator: 'tokens' });
    const cost = { metric: 'cost' };
    await count(
      scored('ada', 'r1', 2, cost),
      scored('ada', 'r1', 4, { metric: 'tokens' }),
      shadow('ada', 'r1', 3, cost),
    );
    expect((await world.store.shadow(ROLLOUT)).metrics[0]!.pairs.n).toBe(0);
  });

  it('are reached by a recount, those that should be there and those that should not', async () => {
    await begun({ key: 'quality' });
    await count(
      scored('ada', 'r1', 0.4),
      shadow('ada', 'r1', 0.6),
      scored('bob', 'r2', 0.1),
      shadow('bob', 'r2', 0.2),
    );
    const before = await rows();
    await world.pool.query(`DELETE FROM shadow_pairs WHERE unit = 'bob'`);
    await world.pool.query(
      `INSERT INTO shadow_pairs SELECT subject_id, metric_id, 'nobody', 1, 1, 1, last_at FROM shadow_pairs`,
    );
    expect(await world.store.recount(ROLLOUT)).toBe(3);
    await world.drain(NOW);
    expect(await rows()).toEqual(before);
  });

  it('cost no statement where there is no shadow stage', async () => {
    const sent: string[] = [];
    const query = world.database.query.bind(world.database);
    const watched = jest.spyOn(world.database, 'query').mockImplementation((sql, parameters) => {
      sent.push(sql);
      return query(sql, parameters);
    });
    try {
      await world.openSubject({
        ...{ id: ROLLOUT, kind: 'rollout', key: 'new', metrics: [{ key: 'quality' }], openedAt: OPENED },
      });
      await count(scored('ada', 'r1', 0.4), shadow('ada', 'r1', 0.6));
      expect(sent).not.toContain(RECOMPUTE_SHADOW_PAIRS);
      await world.pool.query(`UPDATE subjects SET shadow_until = 'infinity'`);
      await count(shadow('ada', 'r1', 0.6));
      expect(sent).toContain(RECOMPUTE_SHADOW_PAIRS);
    } finally {
      watched.mockRestore();
    }
  });

  it('pair outcomes without a request by their unit', async () => {
    await begun({ key: 'quality' });
    await count(scored('ada', null, 0.4), shadow('ada', null, 0.6), shadow('ada', 'r1', 0));
    expect(await rows()).toEqual([{ unit: 'ada', requests: 1, champion: 0.4, challenger: 0.6 }]);
  });

  it('leave out other times, other tasks and units that got another model than the champion', async () => {
    await begun({ key: 'quality' });
    await world.openSubject({ id: TONE, key: 'tone', metrics: [], openedAt: OPENED });
    await count(
      ...[scored('early', 'r1', 1, { at: new Date('2026-01-04T23:59:59Z') }), shadow('early', 'r1', 1)],
      ...[scored('menu', 'r2', 1, { task: 'menu' }), shadow('menu', 'r2', 1)],
      ...[scored('tested', 'r3', 1), shadow('tested', 'r3', 1)],
      anExposure({
        id: 'x',
        subjectId: TONE,
        units: [{ unitType: 'user', unit: 'tested' }],
        at: at('09:00:00'),
      }),
    );
    expect(await rows()).toEqual([]);
    await world.pool.query(`UPDATE subjects SET shadow_until = $1 WHERE id = $2`, [at('12:00:00'), ROLLOUT]);
    const late = { at: at('12:00:00') };
    await count(scored('late', 'r4', 1, late), shadow('late', 'r4', 1, late));
    expect(await rows()).toEqual([]);
  });

  it('are no statistics of any arm, and are nothing outside a shadow stage', async () => {
    await world.openSubject({
      ...{ id: ROLLOUT, kind: 'rollout', key: 'new', metrics: [{ key: 'quality' }], openedAt: OPENED },
    });
    await count(scored('ada', 'r1', 0.4), shadow('ada', 'r1', 0.6));
    expect(await rows()).toEqual([]);
    expect((await world.store.read(ROLLOUT, NOW)).metrics[0]!.epochs).toEqual([]);
    expect(await world.store.shadow(ROLLOUT)).toEqual({
      metrics: [{ key: 'quality', pairs: pairMomentsOf([], []) }],
      lastPairAt: null,
    });
  });

  it('go when their unit is erased', async () => {
    await begun({ key: 'quality' });
    await count(scored('ada', 'r1', 0.4), shadow('ada', 'r1', 0.6));
    const eraser = new SqlUnitEraser(world.database, world.aggregator);
    await eraser.erase({ environment: 'production', unit: 'ada', unitType: '' }, NOW);
    expect(await rows()).toEqual([]);
  });
});
