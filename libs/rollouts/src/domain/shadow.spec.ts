import { type PairMoments, pairMomentsFromSums } from '@app/stats';
import { buildPlan, buildState, day, ERRORS, QUALITY, START } from '../testing/rollout.builder.js';
import { applyStep } from './apply-step.js';
import type { RampEvidence } from './evidence.js';
import { nextStep } from './next-step.js';
import type { RampPlan } from './ramp-plan.js';
import { resolvePlan, type PlanInput } from './resolve-plan.js';
import type { Step } from './step.js';
import { armWeights } from './ramp-plan.js';

const STAGES = [{ kind: 'shadow', share: 0, minUnits: 300 }, { share: 0.05 }, { share: 0.5 }] as const;
const input = (more: Partial<PlanInput> = {}): PlanInput => ({
  ...{ template: 'quality-up', metrics: [QUALITY, ERRORS], plannedUnits: 1000, stages: STAGES },
  ...{ challengerShare: null, controlMeans: {} },
  ...more,
});
const plan = resolvePlan(input());
const state = buildState(plan);

/** Units of which some are good on both models, on the champion alone, on the challenger alone. */
function pairs(n: number, both: number, champion: number, challenger: number): PairMoments {
  const [x, y] = [both + champion, both + challenger];
  return pairMomentsFromSums({ n, x, y, xx: x, yy: y, xy: both });
}
const QUALITY_ALIKE = pairs(600, 440, 6, 6);
const ERRORS_ALIKE = pairs(600, 26, 2, 2);

function evidence(at: Date, more: Partial<RampEvidence> = {}): RampEvidence {
  return {
    asOf: at.toISOString(),
    epochs: [{ number: 1, weights: armWeights(0), units: {} }],
    crossing: { units: 0, exposed: 0 },
    ...{ carriedUnits: 0, metrics: [], lastExposureAt: null, lastOutcomeAt: null, fullDays: 0 },
    championUnchanged: true,
    shadow: {
      metrics: [
        { key: 'quality', pairs: QUALITY_ALIKE },
        { key: 'errors', pairs: ERRORS_ALIKE },
      ],
      lastPairAt: at.toISOString(),
    },
    ...more,
  };
}
const shadowOf = (quality: PairMoments, errors: PairMoments, lastPairAt: string | null = START) => ({
  ...{
    metrics: [
      { key: 'quality', pairs: quality },
      { key: 'errors', pairs: errors },
    ],
    lastPairAt,
  },
});
const told = (step: Step): string[] => [step.kind, ...step.reasons.map(({ code }) => code)];
const at = (days: number, more: Partial<RampEvidence> = {}, given: RampPlan = plan) =>
  nextStep(given, buildState(given), evidence(day(days), more), day(days));

describe('a shadow stage', () => {
  it('gives nobody the challenger, and is compared with nothing but itself', () => {
    expect(state).toMatchObject({ stage: 0, share: 0, controlShare: 0 });
    expect(armWeights(0)).toEqual({ champion: 1 });
    expect(plan.stages[0]).toEqual({
      ...{ kind: 'shadow', share: 0, marginFactor: 1, bakeSeconds: 86_400, minUnits: 300 },
      requiresApproval: false,
    });
  });

  it('goes on to the first canary step when no guardrail loses more than its margin over pairs', () => {
    const step = at(2);
    expect(told(step)).toEqual(['ADVANCE', 'SHADOW_PROVEN']);
    expect(step.share).toEqual({ before: 0, after: 0.05 });
    expect(step.reasons[0]!.message).toMatch(/^On mirrored requests .* on to 5 %\.$/);
    const moved = applyStep(plan, state, step, day(2).toISOString(), 2);
    expect(moved).toMatchObject({ stage: 1, share: 0.05, controlShare: 0.05, stageEpoch: 2 });
    // From then on only what units were given counts.
    const canary = nextStep(plan, moved, evidence(day(3)), day(3));
    expect(told(canary).slice(0, 2)).toEqual(['HOLD', 'NO_TRAFFIC']);
    expect(canary.reading).not.toHaveProperty('shadow');
  });

  it.each<[string, number, Partial<RampEvidence>, string[]]>([
    ['before its bake time', 0.5, {}, ['BAKE_TIME']],
    ['without any pair', 2, { shadow: shadowOf(pairs(0, 0, 0, 0), pairs(0, 0, 0, 0), null) }, ['NO_SHADOW']],
    ['without evidence of it', 2, { shadow: undefined }, ['NO_SHADOW']],
    [
      'when a metric has no pairs',
      2,
      { shadow: shadowOf(QUALITY_ALIKE, pairs(0, 0, 0, 0), day(2).toISOString()) },
      ['NO_SHADOW'],
    ],
    ['when mirroring stopped', 5, { shadow: shadowOf(QUALITY_ALIKE, ERRORS_ALIKE) }, ['SHADOW_STOPPED']],
    [
      'when the challenger loses more than the margin',
      2,
      { shadow: shadowOf(pairs(600, 300, 140, 20), ERRORS_ALIKE, day(2).toISOString()) },
      ['SHADOW_UNDECIDED'],
    ],
    [
      'with too few pairs, even if they prove it',
      2,
      { shadow: shadowOf(QUALITY_ALIKE, pairs(250, 20, 1, 1), day(2).toISOString()) },
      ['MIN_PAIRS'],
    ],
    ['when another champion was set', 2, { championUnchanged: false }, ['CHAMPION_CHANGED']],
    ['while events wait to be counted', 2, { waitingSince: day(1.9).toISOString() }, ['DATA_LAG']],
  ])('waits %s', (_, days, more, codes) => {
    const step = at(days, more);
    expect(step.kind).toBe('HOLD');
    expect(step.share.after).toBe(0);
    expect(step.reasons.map(({ code }) => code)).toEqual(codes);
  });

  it('is judged by pairs: the same counts of two arms would not do', () => {
    const reading = at(2).reading!.shadow!.guardrails;
    expect(reading.map(({ metric, units, nStar }) => [metric, units, nStar])).toEqual([
      ['quality', 600, 500],
      ['errors', 600, 500],
    ]);
    const noise = at(2, { shadow: shadowOf(pairs(600, 300, 140, 140), ERRORS_ALIKE, day(2).toISOString()) });
    expect(told(noise)).toEqual(['HOLD', 'SHADOW_UNDECIDED']);
  });

  it('waits for a person where the next stage needs one, and ends when it lasts too long', () => {
    const asked = resolvePlan(
      input({ stages: [STAGES[0], { share: 0.05, requiresApproval: true }, STAGES[2]] }),
    );
    expect(told(at(2, {}, asked))).toEqual(['REVIEW', 'APPROVAL_NEEDED']);
    expect(told(at(91))).toEqual(['STOP_FUTILE', 'ROLLOUT_TOO_LONG']);
  });

  it('is left out after SHIP, whose challenger has served already', () => {
    expect(resolvePlan(input({ challengerShare: 0.3 })).startStage).toBe(2);
  });

  it.each<[string, Partial<PlanInput>]>([
    ['a share', { stages: [{ kind: 'shadow', share: 0.01 }, { share: 0.5 }] }],
    ['nothing after it', { stages: [{ kind: 'shadow', share: 0 }] }],
    ['a place in the middle', { stages: [{ share: 0.1 }, { kind: 'shadow', share: 0 }, { share: 0.5 }] }],
    ['an emergency', { template: 'emergency' }],
    ['units that keep the winner', { carryWinners: true }],
    ['only quantiles to judge by', { metrics: [{ ...QUALITY, kind: 'quantile' }] }],
    ['no share without being one', { stages: [{ share: 0 }, { share: 0.5 }] }],
  ])('is refused with %s', (_, more) => {
    expect(() => resolvePlan(input(more))).toThrow(expect.objectContaining({ code: 'ROLLOUT_PLAN_INVALID' }));
  });

  it('is no part of plans that do not ask for it', () => {
    expect(buildPlan().stages.some((stage) => 'kind' in stage)).toBe(false);
  });
});
