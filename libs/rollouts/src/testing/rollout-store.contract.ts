import { uuidv7 } from '@app/kernel';
import { GENESIS_HASH, type Receipt } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';
import type { RolloutStore } from '../ports/rollout.store.js';
import { buildPlan, buildState, day, START } from './rollout.builder.js';

/** What a rollout may refer to: rows that exist in the store's world. */
export interface RolloutPlace {
  readonly task: string;
  readonly otherTask: string;
  readonly environment: string;
  readonly championId: string;
  readonly challengerId: string;
}

/** Cases every rollout store passes, the one in Postgres and the one in memory alike. */
export function rolloutStoreContract(
  open: () => Promise<{ store: RolloutStore; place: RolloutPlace }>,
): void {
  let store: RolloutStore;
  let place: RolloutPlace;
  let counter = 0;

  beforeEach(async () => {
    ({ store, place } = await open());
  });

  const build = (overrides: Partial<Rollout> = {}): Rollout => {
    const plan = buildPlan();
    counter += 1;
    return {
      id: uuidv7(day(counter / 100)),
      key: `rollout-${counter}`,
      task: place.task,
      environment: place.environment,
      experimentId: null,
      championId: place.championId,
      challengerId: place.challengerId,
      challengerVariant: 'b',
      plan,
      state: buildState(plan),
      revision: 1,
      coolDownUntil: null,
      createdBy: 'Ada',
      createdAt: START,
      finishedAt: null,
      ...overrides,
    };
  };
  const finished = (rollout: Rollout): Rollout => ({
    ...rollout,
    state: { ...rollout.state, lifecycle: 'rolled-back', share: 0, controlShare: 0 },
    coolDownUntil: day(3).toISOString(),
    finishedAt: day(2).toISOString(),
  });
  const receipt = (rollout: Rollout, number: number): Receipt => ({
    rolloutId: rollout.id,
    number,
    at: START,
    actor: 'worker',
    step: 'HOLD',
    stageBefore: 0,
    stageAfter: 0,
    shareBefore: 0.01,
    shareAfter: 0.01,
    body: '{"a":1}',
    previousHash: GENESIS_HASH,
    hash: 'f'.repeat(64),
  });

  it('gives back what it was given', async () => {
    const plan = buildPlan();
    const rollout = build({
      state: buildState(plan, {
        lifecycle: 'held',
        hold: { by: 'Ada', at: START, reason: 'look' },
        approvals: [{ stage: 1, by: 'Ada', at: START, reason: 'fine' }],
        lastHumanDecisionAt: day(1).toISOString(),
        memory: { harmP: { errors: 0.1 + 0.2 }, srmP: 1e-300, holdDigest: 'abc' },
      }),
    });
    await store.insert(rollout);
    expect(await store.byKey(rollout.key)).toEqual(rollout);
    expect(await store.transaction(() => store.lock(rollout.id))).toEqual(rollout);
    expect(await store.byKey('nobody')).toBeNull();
    expect(await store.transaction(() => store.lock(uuidv7(day(0))))).toBeNull();
  });

  it('lets one rollout at a time move a task', async () => {
    const first = build();
    await store.insert(first);
    await expect(store.insert(build())).rejects.toMatchObject({ code: 'ROLLOUT_ALREADY_ACTIVE' });
    await store.insert(build({ task: place.otherTask }));
    expect((await store.active(place.task, place.environment))?.key).toBe(first.key);
    await store.save(finished(first));
    expect(await store.active(place.task, place.environment)).toBeNull();
    await store.insert(build());
  });

  it('refuses a writer that read an older revision', async () => {
    const rollout = build();
    await store.insert(rollout);
    const saved = await store.save({ ...rollout, state: { ...rollout.state, share: 0.05, stage: 1 } });
    expect(saved.revision).toBe(2);
    await expect(store.save(rollout)).rejects.toMatchObject({ code: 'ROLLOUT_CONFLICT' });
    expect(await store.byKey(rollout.key)).toMatchObject({ revision: 2, state: { share: 0.05, stage: 1 } });
  });

  it('keeps nothing of a transaction that failed', async () => {
    const rollout = build();
    await store.insert(rollout);
    const attempt = store.transaction(async () => {
      const locked = (await store.lock(rollout.id))!;
      await store.appendReceipt(receipt(rollout, 1));
      await store.save({ ...locked, state: { ...locked.state, share: 0.5 } });
      throw new Error('the process died here');
    });
    await expect(attempt).rejects.toThrow('the process died here');
    expect(await store.byKey(rollout.key)).toEqual(rollout);
    expect(await store.lastReceipt(rollout.id)).toBeNull();
  });

  it('lets transactions on one rollout follow each other', async () => {
    const rollout = build();
    await store.insert(rollout);
    const move = (): Promise<Rollout> =>
      store.transaction(async () => {
        const locked = (await store.lock(rollout.id))!;
        return store.save({ ...locked, state: { ...locked.state, stage: locked.state.stage + 1 } });
      });
    await Promise.all([move(), move(), move()]);
    expect(await store.byKey(rollout.key)).toMatchObject({ revision: 4, state: { stage: 3 } });
  });

  it('knows which challenger is cooling down, and until when', async () => {
    const rollout = build();
    await store.insert(rollout);
    await store.save(finished(rollout));
    const { task, environment, challengerId, championId } = place;
    const asked = { task, environment, challengerId };
    expect((await store.coolingDown(asked, day(2.9)))?.key).toBe(rollout.key);
    expect(await store.coolingDown(asked, day(3))).toBeNull();
    expect(await store.coolingDown({ ...asked, challengerId: championId }, day(2.9))).toBeNull();
    expect(await store.coolingDown({ ...asked, task: place.otherTask }, day(2.9))).toBeNull();
  });

  it('lists newest first, page by page, and filtered', async () => {
    const old = build();
    await store.insert(old);
    await store.save(finished(old));
    const young = build();
    await store.insert(young);
    const first = await store.list({}, { limit: 1 });
    expect(first.items.map(({ key }) => key)).toEqual([young.key]);
    const second = await store.list({}, { limit: 1, cursor: first.nextCursor! });
    expect(second.items.map(({ key }) => key)).toEqual([old.key]);
    expect(second.nextCursor).toBeNull();
    const rolledBack = await store.list({ state: 'rolled-back', task: place.task }, { limit: 9 });
    expect(rolledBack.items.map(({ key }) => key)).toEqual([old.key]);
    expect((await store.list({ environment: 'elsewhere' }, { limit: 9 })).items).toEqual([]);
  });

  it('keeps receipts in order, each number once', async () => {
    const rollout = build();
    await store.insert(rollout);
    expect(await store.lastReceipt(rollout.id)).toBeNull();
    await store.appendReceipt(receipt(rollout, 1));
    await store.appendReceipt(receipt(rollout, 2));
    await expect(store.appendReceipt(receipt(rollout, 2))).rejects.toThrow();
    expect(await store.lastReceipt(rollout.id)).toEqual(receipt(rollout, 2));
    const first = await store.receipts(rollout.id, { limit: 1 });
    expect(first.items).toEqual([receipt(rollout, 1)]);
    const second = await store.receipts(rollout.id, { limit: 1, cursor: first.nextCursor! });
    expect(second.items).toEqual([receipt(rollout, 2)]);
    expect(second.nextCursor).toBeNull();
  });
}
