import { Client } from 'pg';
import { createTestDatabase } from '@app/testing';
import { verifyReceipts } from '../domain/verify-receipts.js';
import { day } from '../testing/rollout.builder.js';
import { ADA } from '../testing/rollout-world.js';
import { GOOD, RolloutsOnPostgres } from './testing/rollouts-on-postgres.js';

describe('rollouts over a real database, when several act at once', () => {
  let world: RolloutsOnPostgres;

  beforeAll(async () => {
    world = await RolloutsOnPostgres.open(await createTestDatabase());
  });
  afterAll(() => world?.close());

  it('moves once when many workers step at the same moment', async () => {
    const rollout = await world.begin();
    await world.arrive(rollout, 20_000, GOOD, day(2));
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 ? world.one : world.two).controller.step(rollout.id, day(2)),
      ),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['ADVANCE', ...Array(7).fill('HOLD')]);
    expect(await world.epochs(rollout)).toHaveLength(2);
    expect((await world.steps(rollout)).filter((step) => step === 'ADVANCE')).toHaveLength(1);
    expect((await world.one.store.byKey(rollout.key))!.state.stage).toBe(1);
  });

  it('lets a person and a worker act at once, one after the other', async () => {
    const rollout = await world.begin();
    await world.arrive(rollout, 20_000, GOOD, day(2));
    world.two.clock.moveTo(day(2));
    await Promise.all([
      world.one.controller.step(rollout.id, day(2)),
      world.two.rollouts.rollback(rollout.key, 'stop it', ADA),
    ]);
    expect((await world.one.store.byKey(rollout.key))!.state).toMatchObject({
      lifecycle: 'rolled-back',
      share: 0,
    });
    expect(verifyReceipts((await world.one.store.receipts(rollout.id, { limit: 200 })).items)).toEqual([]);
  });

  it('lets one of two promotions of a task begin', async () => {
    await world.begin();
    await world.one.database.query(
      `UPDATE rollouts SET state = 'rolled-back', share = 0, control_share = 0 WHERE state = 'running'`,
    );
    const outcomes = await Promise.allSettled(
      [world.one, world.two].map((process, index) =>
        process.promotions.promote(`racing-${index}`, { variant: 'b', reason: 'a race' }, ADA),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'ROLLOUT_ALREADY_ACTIVE' });
  });

  it('stands as before when a worker is killed in the middle of a step, and the next one does it', async () => {
    const rollout = await world.begin();
    await world.arrive(rollout, 20_000, GOOD, day(2));
    const before = { rollout: await world.one.store.byKey(rollout.key), served: await world.served() };
    const dying = await world.another('worker-dying');
    // Publishing comes last in a step: whoever keeps it waiting stops the worker with everything else written.
    const blocker = new Client({ connectionString: world.url });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE rulesets IN ACCESS EXCLUSIVE MODE');
    const step = dying.controller.step(rollout.id, day(2)).then(
      () => 'lived',
      () => 'died',
    );
    const admin = new Client({ connectionString: world.url });
    await admin.connect();
    const waiting = async (): Promise<number> =>
      (
        await admin.query(
          `SELECT pid FROM pg_stat_activity WHERE application_name = 'worker-dying' AND wait_event_type = 'Lock'`,
        )
      ).rowCount!;
    while ((await waiting()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'worker-dying'`,
    );
    expect(await step).toBe('died');
    await blocker.query('ROLLBACK');
    await Promise.all([blocker.end(), admin.end(), dying.app.close()]);
    expect({ rollout: await world.one.store.byKey(rollout.key), served: await world.served() }).toEqual(
      before,
    );
    expect(await world.epochs(rollout)).toHaveLength(1);
    expect(await world.steps(rollout)).toEqual(['CREATED']);
    expect((await world.two.controller.step(rollout.id, day(2))).kind).toBe('ADVANCE');
    expect(await world.steps(rollout)).toEqual(['CREATED', 'ADVANCE']);
  });
});
