import { anExposure, anOutcome, type NewEvent } from '@app/events';
import { pairMomentsOf } from '@app/stats';
import { createTestDatabase, type TestDatabase } from '@app/testing';
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
