import fc from 'fast-check';
import {
  buildGuardrail,
  buildPlan,
  buildReading,
  buildState,
  day,
  QUALITY,
  START,
} from '../testing/rollout.builder.js';
import { applyStep } from './apply-step.js';
import { decideStep } from './decide-step.js';
import type { RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import type { EvidenceReading } from './reading.js';
import { isFinal } from './rollout-lifecycle.js';

const outcome = fc.constantFrom('pass', 'degraded', 'fail', 'undecided' as const);
const count = fc.constantFrom(0, 5, 99, 100, 5000);
const guardrail = (metric: string) =>
  fc
    .record({ outcome, harmed: fc.boolean(), challenger: count, control: count })
    .map(({ challenger, control, ...rest }) =>
      buildGuardrail(metric, {
        ...rest,
        outcome: rest.outcome as 'pass',
        // Harm is rare, or no run would ever climb.
        harmed: rest.harmed && challenger === 99,
        measuredInStage: { challenger, control },
      }),
    );

const reading = (now: Date): fc.Arbitrary<EvidenceReading> =>
  fc
    .record({
      valid: fc.boolean(),
      quality: guardrail('quality'),
      errors: guardrail('errors'),
      benefit: fc.constantFrom('better', 'worse', 'undecided', 'no-effect', 'insufficient' as const),
      challenger: count,
      control: count,
      fullDays: fc.integer({ min: 0, max: 20 }),
      age: fc.constantFrom(0, 1, 3),
      lagSeconds: fc.constantFrom(null, 0, 300, 301),
    })
    .map((given) =>
      buildReading(now, {
        integrity: {
          valid: given.valid,
          srmP: 1,
          reasons: given.valid ? [] : [{ code: 'SRM', message: 'off' }],
        },
        guardrails: [given.quality, given.errors],
        benefit: [{ ...buildReading(now).benefit[0]!, outcome: given.benefit as 'better' }],
        stageUnits: { challenger: given.challenger, control: given.control },
        fullDays: given.fullDays,
        lastExposureAt: new Date(now.getTime() - given.age * 86_400_000).toISOString(),
        waitingSince:
          given.lagSeconds === null ? null : new Date(now.getTime() - given.lagSeconds * 1000).toISOString(),
      }),
    );

const good = (now: Date): fc.Arbitrary<EvidenceReading> => fc.constant(buildReading(now, { fullDays: 20 }));
const shares = fc
  .uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 })
  .map((percents) => percents.sort((a, b) => a - b).map((value) => value / 100));
const plans: fc.Arbitrary<RampPlan> = fc
  .record({ shares, approval: fc.boolean(), promotion: fc.boolean(), freeze: fc.boolean() })
  .map((given) =>
    buildPlan({
      stages: given.shares.map((share) => ({
        share,
        marginFactor: 1,
        bakeSeconds: 3600,
        minUnits: 100,
        requiresApproval: given.approval && share > 0.25,
      })),
      promotionRequiresApproval: given.promotion,
      freezeWindows: given.freeze
        ? [{ from: day(2).toISOString(), to: day(4).toISOString(), reason: 'release' }]
        : [],
      metrics: [QUALITY],
    }),
  );

interface Moment {
  readonly plan: RampPlan;
  readonly state: RampState;
  readonly reading: EvidenceReading;
  readonly now: Date;
}

/** A rollout's life: up to 30 looks half a day apart, holds and approvals at will. */
const lives: fc.Arbitrary<{
  plan: RampPlan;
  looks: ReadonlyArray<{ reading: EvidenceReading; now: Date; approve: boolean; held: boolean }>;
}> = plans.chain((plan) =>
  fc
    .tuple(
      ...Array.from({ length: 30 }, (_, index) => {
        const now = day((index + 1) / 2);
        return fc.record({
          reading: fc.oneof({ weight: 3, arbitrary: good(now) }, { weight: 1, arbitrary: reading(now) }),
          now: fc.constant(now),
          approve: fc.boolean(),
          held: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
        });
      }),
    )
    .map((looks) => ({ plan, looks })),
);

function live(
  {
    plan,
    looks,
  }: {
    plan: RampPlan;
    looks: ReadonlyArray<{ reading: EvidenceReading; now: Date; approve: boolean; held: boolean }>;
  },
  check: (moment: Moment, step: ReturnType<typeof decideStep>, after: RampState) => void,
): RampState {
  let state = buildState(plan);
  looks.forEach(({ reading: seen, now, approve, held }, index) => {
    if (isFinal(state.lifecycle)) return;
    const decision = { by: 'Ada', at: START, reason: 'because' };
    state = held
      ? { ...state, lifecycle: 'held', hold: decision }
      : { ...state, lifecycle: 'running', hold: null };
    if (approve)
      state = { ...state, approvals: [...state.approvals, { stage: state.stage + 1, ...decision }] };
    const step = decideStep(plan, state, seen, now);
    const after = applyStep(plan, state, step, now.toISOString(), index + 2);
    check({ plan, state, reading: seen, now }, step, after);
    state = after;
  });
  return state;
}

const always = (check: Parameters<typeof live>[1]): void =>
  fc.assert(
    fc.property(lives, (life) => {
      live(life, check);
    }),
    { numRuns: 300 },
  );

describe('whatever happens', () => {
  it('the share falls only by rolling back or stopping, and then to nothing', () => {
    always(({ state }, step, after) => {
      if (after.share < state.share) {
        expect(['ROLLBACK', 'STOP_FUTILE']).toContain(step.kind);
        expect(after.share).toBe(0);
      }
    });
  });

  it('no stage is skipped and the share is always one of the plan', () => {
    always(({ plan, state }, step, after) => {
      if (step.kind === 'ADVANCE') {
        expect(after.stage).toBe(state.stage + 1);
        expect(after.share).toBe(plan.stages[after.stage]!.share);
      } else if (step.kind === 'PROMOTE') {
        expect([state.stage, after.stage]).toEqual([plan.stages.length - 1, plan.stages.length]);
        expect(after.share).toBe(1);
      } else {
        expect(after.stage).toBe(state.stage);
      }
    });
  });

  it('harm always rolls back, and nothing else does', () => {
    always(({ reading: seen }, step) => {
      expect(step.kind === 'ROLLBACK').toBe(seen.guardrails.some(({ harm }) => harm.harmed));
    });
  });

  it('the share never rises in silence, on late or unsound data, on an undecided guardrail, in a hold or a freeze', () => {
    always(({ plan, state, reading: seen, now }, step) => {
      if (step.kind !== 'ADVANCE' && step.kind !== 'PROMOTE') return;
      expect(seen.integrity.valid).toBe(true);
      if (seen.waitingSince)
        expect(now.getTime() - Date.parse(seen.waitingSince)).toBeLessThanOrEqual(300_000);
      expect(seen.stageUnits.challenger).toBeGreaterThanOrEqual(100);
      expect(seen.stageUnits.control).toBeGreaterThan(0);
      expect(state.hold).toBeNull();
      for (const { nonInferiority, measuredInStage } of seen.guardrails) {
        expect(['pass', 'degraded']).toContain(nonInferiority.outcome);
        expect(Math.min(measuredInStage.challenger, measuredInStage.control)).toBeGreaterThan(0);
      }
      for (const { from, to } of plan.freezeWindows) {
        expect(now.getTime() >= Date.parse(from) && now.getTime() < Date.parse(to)).toBe(false);
      }
      if (step.kind === 'PROMOTE') {
        expect(seen.benefit[0]!.outcome).toBe('better');
        expect(seen.fullDays).toBeGreaterThanOrEqual(7);
      }
    });
  });

  it('no stage that needs a person is entered without one', () => {
    always(({ plan, state }, step) => {
      if (step.kind !== 'ADVANCE' && step.kind !== 'PROMOTE') return;
      const needed = plan.stages[state.stage + 1]?.requiresApproval ?? plan.promotionRequiresApproval;
      if (needed) expect(state.approvals.map(({ stage }) => stage)).toContain(state.stage + 1);
    });
  });

  it('a decision repeated on what it left does not move again', () => {
    always(({ plan, reading: seen, now }, step, after) => {
      if (step.kind !== 'ADVANCE') return;
      // The new stage has neither units nor time of its own yet.
      const again = decideStep(plan, after, { ...seen, stageUnits: { challenger: 0, control: 0 } }, now);
      expect(again.kind).toBe('HOLD');
    });
  });

  it('some lives end in promotion, some in rollback', () => {
    const ends = new Set(
      fc.sample(lives, { numRuns: 300, seed: 7 }).map((life) => live(life, () => undefined).lifecycle),
    );
    expect([...ends]).toEqual(expect.arrayContaining(['promoted', 'rolled-back', 'stopped-futile']));
  });
});
