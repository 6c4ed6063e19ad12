import { type Receipt, receiptBody } from './domain/receipt.js';
import type { Rollout } from './domain/rollout.js';
import { verifyReceipts } from './domain/verify-receipts.js';
import { day, START } from './testing/rollout.builder.js';
import { ADA, rolloutWorld, type RolloutWorld } from './testing/rollout-world.js';

const GOOD = {
  quality: { champion: 0.7, challenger: 0.76 },
  errors: { champion: 0.03, challenger: 0.03 },
};
const BAD = { ...GOOD, errors: { champion: 0.03, challenger: 0.4 } };
const KEY = 'greeting';

const begin = async (world: RolloutWorld, stages?: object[]): Promise<Rollout> =>
  world.promotions.promote(KEY, { variant: 'b', ...(stages && { stages: stages as [] }) }, ADA);
const current = async (world: RolloutWorld): Promise<Rollout> => (await world.store.byKey(KEY))!;
const chain = async (world: RolloutWorld): Promise<readonly Receipt[]> =>
  (await world.store.receipts((await current(world)).id, { limit: 1000 })).items;
const steps = async (world: RolloutWorld): Promise<string[]> => (await chain(world)).map(({ step }) => step);

/** A day passes: traffic, then a look. */
async function pass(world: RolloutWorld, today: number, units = 20_000): Promise<string> {
  world.clock.moveTo(day(today));
  const rollout = await current(world);
  if (units > 0) world.stream.arrive(rollout.state, units, day(today));
  return (await world.controller.step(rollout.id, day(today))).kind;
}

describe('a promoted experiment', () => {
  it('begins at the first stage that takes no units from the challenger, concluded and published', async () => {
    const world = rolloutWorld(GOOD);
    const rollout = await begin(world);
    expect(rollout).toMatchObject({ key: KEY, state: { stage: 1, share: 0.05, controlShare: 0.05 } });
    expect(rollout.state.concludingLook).toMatchObject({ lookId: 'look-9', resultDigest: 'digest' });
    expect(world.world).toMatchObject({ concluded: 'the latest look says SHIP', epochs: [{ share: 0.05 }] });
    expect(world.world.audited.map(({ action }) => action)).toEqual(['rollout.promote']);
    expect(world.world.published).toEqual([
      'rollout greeting began at challenger 5 %, control 5 %, champion 90 %',
    ]);
    expect(await steps(world)).toEqual(['CREATED']);
  });

  it("is refused, with nothing left behind, when the task's SDKs could not place a stage", async () => {
    const world = rolloutWorld(GOOD);
    world.candidate.overrides = { hashScheme: 'unleash' };
    const fine = { bakeSeconds: 60, minUnits: 100, requiresApproval: false };
    const stages = [0.01255, 0.5].map((share) => ({ ...fine, share, marginFactor: 1 }));
    await expect(begin(world, stages)).rejects.toMatchObject({
      code: 'SCHEME_CANNOT_EXPRESS',
    });
    expect(world.world).toMatchObject({ concluded: null, epochs: [], published: [] });
  });

  it('goes up stage by stage and becomes the champion', async () => {
    const world = rolloutWorld(GOOD);
    await begin(world);
    const kinds: string[] = [];
    for (let today = 1; today < 60 && kinds.at(-1) !== 'PROMOTE'; today += 1)
      kinds.push(await pass(world, today));
    expect(kinds.filter((kind) => kind !== 'HOLD')).toEqual(['ADVANCE', 'ADVANCE', 'PROMOTE']);
    expect(world.world).toMatchObject({ champion: 'new@1', closed: true });
    expect(world.world.epochs.map(({ share }) => share)).toEqual([0.05, 0.25, 0.5]);
    expect(await current(world)).toMatchObject({
      finishedAt: expect.any(String),
      coolDownUntil: null,
      state: { lifecycle: 'promoted', share: 1, controlShare: 0, stage: 4 },
    });
    expect(verifyReceipts(await chain(world))).toEqual([]);
  });

  it('is rolled back on harm; the champion stays and the model cools down', async () => {
    const world = rolloutWorld(BAD);
    await begin(world);
    expect(await pass(world, 0.1)).toBe('ROLLBACK');
    expect(world.world).toMatchObject({ champion: 'old@1', closed: true });
    expect(await current(world)).toMatchObject({
      coolDownUntil: day(1.1).toISOString(),
      state: { lifecycle: 'rolled-back', share: 0, controlShare: 0 },
    });
    await expect(begin(world)).rejects.toMatchObject({ code: 'ROLLOUT_COOLING_DOWN' });
    world.clock.moveTo(day(1.2));
    expect((await begin(world)).key).toBe('greeting-2');
  });

  it.each([
    ['STOP_HARM', { verdict: 'STOP_HARM' }, 'PROMOTE_REFUSED'],
    ['INVALID', { verdict: 'INVALID' }, 'PROMOTE_REFUSED'],
    ['KEEP_RUNNING without a reason', { verdict: 'KEEP_RUNNING' }, 'REASON_REQUIRED'],
    ['an old SHIP without a reason', { at: day(-31) }, 'REASON_REQUIRED'],
  ] as const)('is refused on %s and leaves nothing behind', async (_, look, code) => {
    const world = rolloutWorld(GOOD);
    world.candidate.overrides = { look: { ...defaultLook, ...look } };
    await expect(begin(world)).rejects.toMatchObject({ code });
    expect(await world.store.byKey(KEY)).toBeNull();
    expect(world.world).toMatchObject({ concluded: null, epochs: [], published: [], audited: [] });
  });

  it.each([
    ['an undecided look', { look: { verdict: 'KEEP_RUNNING' } }],
    ['no look', { look: null }],
    ['another champion than the control', { controlModelId: 'other@1' }],
    ['an audience in the experiment', { audienceLimited: true }],
    ['another conclusion', { state: 'concluded', decision: 'no-ship' }],
  ])('begins at the first stage with a reason when there is %s', async (_, overrides) => {
    const world = rolloutWorld(GOOD);
    const { look: told, ...rest } = overrides as { look?: object | null };
    world.candidate.overrides = { ...rest, look: told === null ? null : { ...defaultLook, ...told } };
    const rollout = await world.promotions.promote(KEY, { variant: 'b', reason: 'cheaper contract' }, ADA);
    expect(rollout.state).toMatchObject({ stage: 0, share: 0.01, concludingLook: null });
    expect(world.world.concluded).toBe('cheaper contract');
  });

  it.each([
    ['the control', { variant: 'a' }],
    ['the champion itself', { challengerId: 'old@1' }],
    ['a draft', { state: 'draft' as const }],
    ['a task without a champion', { championId: null }],
  ])('is refused for %s', async (_, overrides) => {
    const world = rolloutWorld(GOOD);
    world.candidate.overrides = overrides;
    await expect(begin(world)).rejects.toMatchObject({ code: 'PROMOTE_REFUSED' });
  });

  it('waits while another rollout moves the task', async () => {
    const world = rolloutWorld(GOOD);
    await begin(world);
    await expect(begin(world)).rejects.toMatchObject({ code: 'ROLLOUT_ALREADY_ACTIVE' });
  });
});

describe('people', () => {
  it('hold the rollout: it does not go up, and is rolled back all the same', async () => {
    const world = rolloutWorld(GOOD);
    await begin(world);
    await world.rollouts.hold(KEY, 'waiting for legal', ADA);
    expect(await pass(world, 2)).toBe('HOLD');
    expect((await current(world)).state).toMatchObject({ lifecycle: 'held', share: 0.05 });
    await world.rollouts.resume(KEY, 'legal is fine', ADA);
    expect(await pass(world, 3)).toBe('ADVANCE');

    const bad = rolloutWorld(BAD);
    await begin(bad);
    await bad.rollouts.hold(KEY, 'waiting for legal', ADA);
    expect(await pass(bad, 0.1)).toBe('ROLLBACK');
  });

  it('roll back by hand without evidence', async () => {
    const world = rolloutWorld(GOOD);
    await begin(world);
    world.stream.read = () => {
      throw new Error('the statistics are away');
    };
    const rollout = await world.rollouts.rollback(KEY, 'customers complain', ADA);
    expect(rollout.state).toMatchObject({ lifecycle: 'rolled-back', share: 0 });
    await expect(world.rollouts.resume(KEY, 'never mind', ADA)).rejects.toMatchObject({
      code: 'ROLLOUT_TRANSITION_REFUSED',
    });
  });

  it('take an emergency to 100 % step by step, with their reasons', async () => {
    const world = rolloutWorld(GOOD);
    const rollout = await world.promotions.promote(
      KEY,
      { variant: 'b', reason: 'the champion is down', template: 'emergency' },
      ADA,
    );
    expect(rollout.state.share).toBe(0.5);
    expect(await pass(world, 1)).toBe('HOLD');
    const promoted = await world.rollouts.advance(KEY, 'it is still down', ADA);
    expect(promoted.state).toMatchObject({ lifecycle: 'promoted', share: 1, stage: 1 });
    expect(world.world).toMatchObject({ champion: 'new@1', closed: true });
    expect(await steps(world)).toEqual(['CREATED', 'HOLD', 'PROMOTE']);
    expect(verifyReceipts(await chain(world))).toEqual([]);
  });

  it.each(['hold', 'resume', 'advance', 'approve', 'rollback'] as const)(
    'are refused in words when they %s what is promoted already',
    async (action) => {
      const world = rolloutWorld(GOOD);
      await world.promotions.promote(KEY, { variant: 'b', reason: 'down', template: 'emergency' }, ADA);
      await world.rollouts.advance(KEY, 'down', ADA);
      await expect(world.rollouts[action](KEY, 'once more', ADA)).rejects.toMatchObject({
        code: 'ROLLOUT_TRANSITION_REFUSED',
      });
    },
  );

  it('cannot keep a harmful emergency', async () => {
    const world = rolloutWorld(BAD);
    await world.promotions.promote(KEY, { variant: 'b', reason: 'down', template: 'emergency' }, ADA);
    expect(await pass(world, 0.1)).toBe('ROLLBACK');
  });

  it('move a dry run, which decides and does nothing', async () => {
    const world = rolloutWorld(GOOD);
    await world.promotions.promote(KEY, { variant: 'b', dryRun: true }, ADA);
    expect(await pass(world, 2)).toBe('REVIEW');
    expect((await current(world)).state).toMatchObject({ stage: 1, share: 0.05 });
    await world.rollouts.advance(KEY, 'it says so', ADA);
    await pass(world, 3);
    await world.rollouts.advance(KEY, 'go on', ADA);
    await pass(world, 5);
    await expect(world.rollouts.advance(KEY, 'too early', ADA)).rejects.toMatchObject({
      code: 'PROMOTE_NOT_PROVEN',
    });
    for (let today = 6; today < 12; today += 1) expect(await pass(world, today)).not.toBe('PROMOTE');
    expect((await world.rollouts.advance(KEY, 'it would itself', ADA)).state.lifecycle).toBe('promoted');
    expect(world.world.announced.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['rollout.review-needed', 'rollout.promoted']),
    );
    expect(verifyReceipts(await chain(world))).toEqual([]);
  });

  it('are not rolled back for in a dry run', async () => {
    const world = rolloutWorld(BAD);
    await world.promotions.promote(KEY, { variant: 'b', dryRun: true }, ADA);
    expect(await pass(world, 0.1)).toBe('REVIEW');
    expect((await current(world)).state).toMatchObject({ lifecycle: 'running', share: 0.05 });
  });

  it('advance by hand one stage, not to 100 %', async () => {
    const world = rolloutWorld(GOOD);
    await begin(world);
    expect((await world.rollouts.advance(KEY, 'we are late', ADA)).state.share).toBe(0.25);
    expect((await world.rollouts.advance(KEY, 'very late', ADA)).state.share).toBe(0.5);
    await expect(world.rollouts.advance(KEY, 'now', ADA)).rejects.toMatchObject({
      code: 'PROMOTE_NOT_PROVEN',
    });
    expect(world.world.champion).toBe('old@1');
    expect(verifyReceipts(await chain(world))).toEqual([]);
  });

  it('cannot advance past harm, failed integrity or a missing approval', async () => {
    const harmful = rolloutWorld(BAD);
    await begin(harmful);
    harmful.stream.arrive((await current(harmful)).state, 20_000, day(0.1));
    harmful.clock.moveTo(day(0.1));
    const refused = { code: 'ROLLOUT_ADVANCE_REFUSED' };
    await expect(harmful.rollouts.advance(KEY, 'late', ADA)).rejects.toMatchObject(refused);

    const crossed = rolloutWorld(GOOD);
    await begin(crossed);
    crossed.stream.arrive((await current(crossed)).state, 20_000, day(0.1));
    crossed.stream.crossingUnits = 2000;
    await expect(crossed.rollouts.advance(KEY, 'late', ADA)).rejects.toMatchObject(refused);

    const guarded = rolloutWorld(GOOD);
    await begin(guarded, [{ share: 0.05 }, { share: 0.5, requiresApproval: true }]);
    await expect(guarded.rollouts.advance(KEY, 'late', ADA)).rejects.toMatchObject(refused);
    await guarded.rollouts.approve(KEY, 'seen it', ADA);
    expect((await guarded.rollouts.advance(KEY, 'late', ADA)).state.share).toBe(0.5);
  });

  it('approve a stage that asks for it, once, and only people do', async () => {
    const world = rolloutWorld(GOOD);
    await begin(world, [{ share: 0.05 }, { share: 0.5, requiresApproval: true }]);
    expect(await pass(world, 2)).toBe('REVIEW');
    const robot = { ...ADA, name: 'ci', kind: 'machine' as const };
    await expect(world.rollouts.approve(KEY, 'green', robot)).rejects.toMatchObject({
      code: 'APPROVAL_NEEDS_PERSON',
    });
    await world.rollouts.approve(KEY, 'seen it', ADA);
    await expect(world.rollouts.approve(KEY, 'again', ADA)).rejects.toMatchObject({
      code: 'APPROVAL_NOT_NEEDED',
    });
    expect(await pass(world, 3)).toBe('ADVANCE');
    await expect(world.rollouts.approve(KEY, 'more', ADA)).rejects.toMatchObject({
      code: 'APPROVAL_NOT_NEEDED',
    });
  });

  it('of another environment may not touch it', async () => {
    const world = rolloutWorld(GOOD);
    await begin(world);
    const stranger = { ...ADA, environment: 'staging' };
    await expect(world.rollouts.rollback(KEY, 'mine', stranger)).rejects.toMatchObject({
      code: 'ENVIRONMENT_NOT_ALLOWED',
    });
  });

  it('see what is proven and what is missing without changing anything', async () => {
    const world = rolloutWorld(GOOD);
    await begin(world);
    const before = await current(world);
    const { next } = await world.rollouts.status(KEY);
    expect(next).toMatchObject({
      kind: 'HOLD',
      reasons: expect.arrayContaining([expect.objectContaining({ code: 'NO_TRAFFIC' })]),
    });
    expect(await current(world)).toEqual(before);
    await expect(world.rollouts.status('nobody')).rejects.toMatchObject({ code: 'ROLLOUT_UNKNOWN' });
  });
});

describe('once', () => {
  it('two workers at the same moment move the rollout once', async () => {
    const world = rolloutWorld(GOOD);
    const { id, state } = await begin(world);
    world.stream.arrive(state, 20_000, day(2));
    const outcomes = await Promise.all([1, 2, 3].map(() => world.controller.step(id, day(2))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['ADVANCE', 'HOLD', 'HOLD']);
    expect((await current(world)).state.stage).toBe(2);
  });

  it('the same evidence leaves one HOLD receipt, new evidence another', async () => {
    const world = rolloutWorld(GOOD);
    const { id, state } = await begin(world);
    world.stream.arrive(state, 10, day(0.1));
    for (const at of [0.1, 0.2, 0.3]) await world.controller.step(id, day(at));
    expect(await steps(world)).toEqual(['CREATED', 'HOLD']);
    world.stream.arrive(state, 10, day(0.4));
    await world.controller.step(id, day(0.4));
    expect(await steps(world)).toEqual(['CREATED', 'HOLD', 'HOLD']);
  });

  it('counting that falls behind leaves a receipt of its own, and none at every look', async () => {
    const world = rolloutWorld(GOOD);
    const { id, state } = await begin(world);
    world.stream.arrive(state, 20_000, day(2));
    world.stream.waitingSince = day(1.9);
    for (const at of [2, 2.1, 2.2]) await world.controller.step(id, day(at));
    expect(await steps(world)).toEqual(['CREATED', 'HOLD']);
    world.stream.waitingSince = day(2.29);
    await world.controller.step(id, day(2.3));
    expect(await steps(world)).toEqual(['CREATED', 'HOLD']);
    world.stream.waitingSince = null;
    await world.controller.step(id, day(2.4));
    expect(await steps(world)).toEqual(['CREATED', 'HOLD', 'ADVANCE']);
    const held = receiptBody((await chain(world))[1]!);
    expect(held.reasons.map(({ code }) => code)).toEqual(['DATA_LAG']);
    expect(held.inputs.evidence!.waitingSince).toBe(day(1.9).toISOString());
    expect(verifyReceipts(await chain(world))).toEqual([]);
  });

  it('the same evidence leaves another HOLD receipt when it waits for something else', async () => {
    const world = rolloutWorld(GOOD);
    const { id, state } = await begin(world);
    world.stream.arrive(state, 20_000, day(0.1));
    for (const at of [0.1, 0.2]) await world.controller.step(id, day(at));
    world.stream.waitingSince = day(0.25);
    await world.controller.step(id, day(0.3));
    const codes = (await chain(world)).map((receipt) => receiptBody(receipt).reasons.map(({ code }) => code));
    expect(codes.slice(1)).toEqual([['BAKE_TIME'], ['DATA_LAG', 'BAKE_TIME']]);
  });

  it.each([
    ['goes up', GOOD, 2, 'ADVANCE'],
    ['is rolled back', BAD, 0.1, 'ROLLBACK'],
    ['holds', GOOD, 0.1, 'HOLD'],
  ])(
    'a worker that dies anywhere while it %s leaves nothing, and the next one does it',
    async (_, rates, at, kind) => {
      const whole = rolloutWorld(rates);
      await begin(whole);
      await pass(whole, at);
      let calls = 0;
      for (let struck = true; struck; calls += 1) {
        const world = rolloutWorld(rates);
        const rollout = await begin(world);
        world.stream.arrive(rollout.state, 20_000, day(at));
        const before = {
          rollout: await current(world),
          champion: world.world.champion,
          published: world.world.published.length,
        };
        world.faults.after(calls);
        const died = await world.controller.step(rollout.id, day(at)).catch(() => 'died');
        struck = world.faults.struck;
        if (struck) {
          expect(died).toBe('died');
          expect({
            rollout: await current(world),
            champion: world.world.champion,
            published: world.world.published.length,
          }).toEqual(before);
          expect(await steps(world)).toEqual(['CREATED']);
          expect((await world.controller.step(rollout.id, day(at))).kind).toBe(kind);
        }
        const { id: _id, ...same } = await current(world);
        const { id: _other, ...wanted } = await current(whole);
        expect(same).toEqual(wanted);
        expect(world.world.epochs).toEqual(whole.world.epochs);
        expect(world.world.audited).toHaveLength(whole.world.audited.length);
      }
      expect(calls).toBeGreaterThan(5);
    },
  );

  it('a promotion that dies anywhere leaves nothing', async () => {
    let calls = 0;
    for (let struck = true; struck; calls += 1) {
      const world = rolloutWorld(GOOD);
      world.faults.after(calls);
      await begin(world).catch(() => undefined);
      struck = world.faults.struck;
      if (!struck) continue;
      expect(await world.store.byKey(KEY)).toBeNull();
      expect(world.world).toMatchObject({ concluded: null, epochs: [], published: [], audited: [] });
      await begin(world);
      expect(await steps(world)).toEqual(['CREATED']);
    }
    expect(calls).toBeGreaterThan(8);
  });
});

describe('receipts', () => {
  const lived = async (): Promise<readonly Receipt[]> => {
    const world = rolloutWorld(GOOD);
    await begin(world);
    await world.rollouts.hold(KEY, 'lunch', ADA);
    await pass(world, 1);
    await world.rollouts.resume(KEY, 'back', ADA);
    for (let today = 2; today < 30; today += 1) await pass(world, today);
    return chain(world);
  };
  const tamper = (
    receipts: readonly Receipt[],
    index: number,
    change: (receipt: Receipt) => Receipt,
  ): Receipt[] => receipts.map((receipt, at) => (at === index ? change(receipt) : receipt));

  it('are recomputed from what they carry', async () => {
    const receipts = await lived();
    expect(receipts.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['CREATED', 'HELD', 'HOLD', 'RESUMED', 'ADVANCE', 'PROMOTE']),
    );
    expect(verifyReceipts(receipts)).toEqual([]);
  });

  it('show every kind of tampering', async () => {
    const receipts = await lived();
    const at = receipts.findIndex(({ step }) => step === 'ADVANCE');
    const codes = (changed: readonly Receipt[]): string[] => verifyReceipts(changed).map(({ code }) => code);
    expect(
      codes(tamper(receipts, at, (one) => ({ ...one, body: one.body.replace('0.25', '0.26') }))),
    ).toEqual(['HASH_MISMATCH']);
    expect(codes(tamper(receipts, at, (one) => ({ ...one, shareAfter: 0.9 })))).toContain('COLUMNS_MISMATCH');
    expect(codes(receipts.filter((_, index) => index !== at))).toEqual(
      expect.arrayContaining(['RECEIPT_MISSING', 'CHAIN_BROKEN']),
    );
  });

  it('show a decision that its own inputs do not give, though hashes and chain are in order', async () => {
    const { receiptHash } = await import('./domain/receipt.js');
    const receipts = await lived();
    const at = receipts.findIndex(({ step }) => step === 'HOLD');
    let previousHash = receipts[at]!.previousHash;
    const forged = receipts.map((receipt, index) => {
      if (index < at) return receipt;
      const body = index === at ? receipt.body.replace('"HELD_BY_PERSON"', '"ALL_IS_FINE"') : receipt.body;
      const hash = receiptHash(previousHash, body);
      const linked = { ...receipt, body, previousHash, hash };
      previousHash = hash;
      return linked;
    });
    expect(verifyReceipts(forged).map(({ code }) => code)).toEqual(['DECISION_MISMATCH']);
  });
});

const defaultLook = {
  id: 'look-9',
  resultDigest: 'digest',
  at: new Date(Date.parse(START) - 3_600_000),
  verdict: 'SHIP' as 'SHIP' | 'KEEP_RUNNING' | 'STOP_HARM' | 'INVALID',
  words: 'b is better.',
  controlMeans: {},
};
