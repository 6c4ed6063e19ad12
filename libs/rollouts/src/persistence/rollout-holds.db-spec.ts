import { uuidv7 } from '@app/kernel';
import { createTestDatabase } from '@app/testing';
import { receiptBody } from '../domain/receipt.js';
import { verifyReceipts } from '../domain/verify-receipts.js';
import { day, START } from '../testing/rollout.builder.js';
import { GOOD, METRIC, RolloutsOnPostgres } from './testing/rollouts-on-postgres.js';

describe('rollouts over a real database, when something is not as it was', () => {
  let world: RolloutsOnPostgres;

  beforeAll(async () => {
    world = await RolloutsOnPostgres.open(await createTestDatabase());
  });
  afterAll(() => world?.close());

  it('holds when a judge or the provider changed its version meanwhile', async () => {
    const rollout = await world.begin();
    await world.arrive(rollout, 20_000, GOOD, day(2));
    const units = Array.from({ length: 60 }, (_, unit) => unit);
    await world.one.database.query(
      `INSERT INTO unit_exposures (subject_id, unit, bucket, epoch, variant, first_at, crossing)
       SELECT $1, 'unit-' || u, 0, 1, 'challenger', $3, false FROM unnest($2::int[]) AS a (u)`,
      [rollout.id, units, START],
    );
    await world.one.database.query(
      `INSERT INTO unit_metrics (subject_id, metric_id, unit, bucket, value, events, last_at, evaluators, served_models)
       SELECT $1, $4, 'unit-' || u, 0, 1, 1, $3::timestamptz + u * interval '1 minute',
         ARRAY[CASE WHEN u < 45 THEN 'grader@1' ELSE 'grader@2' END], ARRAY[CASE WHEN u < 30 THEN 'm-2025' ELSE 'm-2026' END]
       FROM unnest($2::int[]) AS a (u)`,
      [rollout.id, units, START, METRIC.quality],
    );
    const step = await world.one.controller.step(rollout.id, day(2));
    expect(step.kind).toBe('HOLD');
    const { reasons } = receiptBody((await world.one.store.lastReceipt(rollout.id))!);
    expect(reasons.map(({ code, metric }) => [code, metric])).toEqual([
      ['JUDGE_CHANGED', 'quality'],
      ['PROVIDER_CHANGED', undefined],
    ]);
    expect(reasons[1]!.message).toMatch(/served m-2025 to the challenger and now serves m-2026/);
    expect(verifyReceipts((await world.one.store.receipts(rollout.id, { limit: 200 })).items)).toEqual([]);
  });

  it('holds while events of its environment wait to be counted, and not for those of another', async () => {
    const rollout = await world.begin();
    await world.arrive(rollout, 20_000, GOOD, day(2));
    const wait = (environment: string): Promise<unknown> =>
      world.one.database.query(
        `INSERT INTO pending_units (shard, environment, unit, waiting_since) VALUES (3, $1, 'u', $2)`,
        [environment, day(1.99)],
      );
    world.one.clock.moveTo(day(2));
    await wait('staging');
    expect((await world.one.rollouts.status(rollout.key)).next!.kind).toBe('ADVANCE');
    await wait('production');
    expect((await world.one.controller.step(rollout.id, day(2))).kind).toBe('HOLD');
    expect(
      receiptBody((await world.one.store.lastReceipt(rollout.id))!).reasons.map(({ code }) => code),
    ).toEqual(['DATA_LAG']);
    expect(verifyReceipts((await world.one.store.receipts(rollout.id, { limit: 200 })).items)).toEqual([]);
    await world.one.database.query('DELETE FROM pending_units');
    expect((await world.one.controller.step(rollout.id, day(2))).kind).toBe('ADVANCE');
  });

  it('holds when somebody else became champion meanwhile', async () => {
    const rollout = await world.begin();
    await world.arrive(rollout, 20_000, GOOD, day(2));
    const other = uuidv7(new Date(START));
    await world.one.database.query(
      `INSERT INTO models (id, key, version, provider, name, parameters, created_by, created_at)
       VALUES ($1, 'third', 1, 'openai', 'third', '{}', 'Ada', $2)`,
      [other, START],
    );
    await world.one.database.query('UPDATE task_environments SET champion_id = $1', [other]);
    const { next } = await world.one.rollouts.status(rollout.key);
    expect(next!.reasons[0]!.code).toBe('CHAMPION_CHANGED');
  });
});
