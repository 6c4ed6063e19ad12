import { createTestDatabase } from '@app/testing';
import { receiptBody } from '../domain/receipt.js';
import { verifyReceipts } from '../domain/verify-receipts.js';
import { day, START } from '../testing/rollout.builder.js';
import { ADA } from '../testing/rollout-world.js';
import { BAD, GOOD, NEW, OLD, RolloutsOnPostgres } from './testing/rollouts-on-postgres.js';

describe('rollouts over a real database', () => {
  let world: RolloutsOnPostgres;

  beforeAll(async () => {
    world = await RolloutsOnPostgres.open(await createTestDatabase());
  });
  afterAll(() => world?.close());

  it('publishes a rollout with its stage, share and epoch the moment it begins', async () => {
    const rollout = await world.begin();
    expect(await world.served()).toMatchObject({
      champion: 'old@1',
      rollout: { key: rollout.key, epoch: 1, stage: 0, share: 0.05, controlShare: 0.05, challenger: 'new@1' },
    });
    expect(
      await world.one.database.query('SELECT kind, due_at FROM schedules WHERE subject_id = $1', [
        rollout.id,
      ]),
    ).toEqual([{ kind: 'rollout', due_at: new Date(START) }]);
  });

  it('moves up to a new champion, every step published and written down', async () => {
    const rollout = await world.begin();
    await world.arrive(rollout, 20_000, GOOD, day(2));
    expect((await world.one.controller.step(rollout.id, day(2))).kind).toBe('ADVANCE');
    expect(await world.epochs(rollout)).toEqual([
      { number: 1, weights: { challenger: 0.05, control: 0.05, champion: 0.9 } },
      { number: 2, weights: { challenger: 0.5, control: 0.5 } },
    ]);
    expect((await world.served()).rollout).toMatchObject({ epoch: 2, stage: 1, share: 0.5 });
    const second = (await world.one.store.byKey(rollout.key))!;
    await world.arrive(second, 20_000, GOOD, day(8));
    expect((await world.one.controller.step(rollout.id, day(5))).kind).toBe('HOLD');
    expect(await world.one.controller.step(rollout.id, day(8))).toEqual({ kind: 'PROMOTE', finished: true });
    expect(await world.championNow()).toBe(NEW);
    expect(await world.served()).toMatchObject({ champion: 'new@1', rollout: null });
    expect(await world.steps(rollout)).toEqual(['CREATED', 'ADVANCE', 'HOLD', 'PROMOTE']);
    expect(verifyReceipts((await world.one.store.receipts(rollout.id, { limit: 200 })).items)).toEqual([]);
    expect(await world.one.controller.step(rollout.id, day(9))).toEqual({ kind: 'NONE', finished: true });
  });

  it('rolls a bad challenger back, also while a person holds it', async () => {
    const rollout = await world.begin();
    await world.one.rollouts.hold(rollout.key, 'waiting for legal', ADA);
    await world.arrive(rollout, 20_000, BAD, day(0.1));
    expect(await world.one.controller.step(rollout.id, day(0.1))).toEqual({
      kind: 'ROLLBACK',
      finished: true,
    });
    expect(await world.championNow()).toBe(OLD);
    expect(await world.served()).toMatchObject({ champion: 'old@1', rollout: null });
    const last = (await world.one.store.lastReceipt(rollout.id))!;
    expect(receiptBody(last).reasons[0]!.message).toMatch(/^errors is worse than may be accepted/);
  });
});
