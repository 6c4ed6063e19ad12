import { ERRORS, QUALITY } from '../testing/rollout.builder.js';
import { type PlanInput, resolvePlan } from './resolve-plan.js';
import { armWeights, expectedStageDays, requiredUnits } from './ramp-plan.js';

const input: PlanInput = {
  template: 'quality-up',
  metrics: [QUALITY, ERRORS],
  plannedUnits: 5000,
  challengerShare: null,
  controlMeans: {},
};
const refusal = (over: Partial<PlanInput>): { code: string; fields: string[] } => {
  try {
    resolvePlan({ ...input, ...over });
  } catch (error) {
    const { code, details } = error as { code: string; details: { errors: Array<{ field: string }> } };
    return { code, fields: details.errors.map(({ field }) => field) };
  }
  return { code: 'accepted', fields: [] };
};

describe('the plan of a rollout', () => {
  it('is 1 %, 5 %, 25 %, 50 % with factors 5, 2, 1, 1 when nobody says otherwise', () => {
    expect(resolvePlan(input).stages.map(({ share, marginFactor }) => [share, marginFactor])).toEqual([
      [0.01, 5],
      [0.05, 2],
      [0.25, 1],
      [0.5, 1],
    ]);
  });

  it('waits a weekly cycle before 100 %, however short the experiment was allowed to be', () => {
    expect(resolvePlan({ ...input, minDays: 0 }).minDays).toBe(7);
    expect(resolvePlan({ ...input, minDays: 14 }).minDays).toBe(14);
  });

  it('makes success metrics guardrails with the default margin and leaves exploratory metrics out', () => {
    const { margin: _, ...withoutMargin } = QUALITY;
    const plan = resolvePlan({
      ...input,
      metrics: [withoutMargin, { ...ERRORS, key: 'curious', role: 'exploratory' }],
    });
    expect(plan.metrics).toEqual([
      { ...withoutMargin, margin: { value: 0.05, type: 'relative', isDefault: true } },
    ]);
  });

  it.each([
    [null, 0],
    [0.004, 0],
    [0.01, 0],
    [0.011, 1],
    [0.1 + 0.15, 2],
    [0.5, 3],
    [0.9, 3],
  ])('from a share of %p in the experiment begins at stage %p', (challengerShare, stage) => {
    expect(resolvePlan({ ...input, challengerShare }).startStage).toBe(stage);
  });

  it('narrows the default factors until a wide declared margin says something', () => {
    const metrics = [{ ...QUALITY, margin: { value: 0.1, type: 'relative' as const, isDefault: false } }];
    expect(resolvePlan({ ...input, metrics }).stages.map(({ marginFactor }) => marginFactor)).toEqual([
      2.5, 2, 1, 1,
    ]);
  });

  it.each<[string, Partial<PlanInput>]>([
    ['relative', { stages: [{ share: 0.01, marginFactor: 5.1 }, { share: 0.5 }] }],
    [
      'absolute on a score of 1 to 5',
      {
        metrics: [
          {
            ...QUALITY,
            kind: 'mean',
            bounds: [1, 5],
            margin: { value: 0.25, type: 'absolute', isDefault: false },
          },
        ],
        stages: [{ share: 0.01, marginFactor: 5 }, { share: 0.5 }],
      },
    ],
    [
      'absolute on an unbounded metric with a known control mean',
      {
        metrics: [
          {
            ...QUALITY,
            kind: 'mean',
            bounds: undefined,
            margin: { value: 30, type: 'absolute', isDefault: false },
          },
        ],
        controlMeans: { quality: 100 },
        stages: [{ share: 0.5 }],
      },
    ],
    [
      'declared so wide that no factor helps',
      { metrics: [{ ...QUALITY, margin: { value: 0.3, type: 'relative', isDefault: false } }] },
    ],
  ])('refuses a stage margin that says nothing: %s', (_, over) => {
    expect(refusal(over).code).toBe('STAGE_MARGIN_TOO_WIDE');
  });

  it('accepts exactly a quarter', () => {
    expect(refusal({ stages: [{ share: 0.01, marginFactor: 5 }, { share: 0.5 }] }).code).toBe('accepted');
  });

  it.each<[string, Partial<PlanInput>, string]>([
    ['no controlled stage', { stages: [{ share: 1 }] }, 'stages'],
    ['a share above a half', { stages: [{ share: 0.6 }] }, 'stages[0].share'],
    ['a share of nothing', { stages: [{ share: 0 }, { share: 0.5 }] }, 'stages[0].share'],
    [
      'a falling share',
      {
        stages: [
          { share: 0.2, marginFactor: 1 },
          { share: 0.1, marginFactor: 1 },
        ],
      },
      'stages[1].share',
    ],
    [
      'a factor below 1',
      { stages: [{ share: 0.01, marginFactor: 0.5 }, { share: 0.5 }] },
      'stages[0].marginFactor',
    ],
    [
      'a wide margin at 25 %',
      { stages: [{ share: 0.25, marginFactor: 2 }, { share: 0.5 }] },
      'stages[0].marginFactor',
    ],
    [
      'a wide margin before promotion',
      { stages: [{ share: 0.05, marginFactor: 2 }] },
      'stages[0].marginFactor',
    ],
    ['a negative bake time', { stages: [{ share: 0.5, bakeSeconds: -1 }] }, 'stages[0].bakeSeconds'],
    ['half a unit', { stages: [{ share: 0.5, minUnits: 0.5 }] }, 'stages[0].minUnits'],
    ['no success metric', { metrics: [ERRORS] }, 'metrics'],
    ['cost down without a cost', { template: 'cost-down' }, 'metrics'],
    ['an end before promotion', { maxRolloutDays: 7 }, 'maxRolloutDays'],
    [
      'a freeze that ends first',
      { freezeWindows: [{ from: '2026-02-02T00:00:00Z', to: '2026-02-01T00:00:00Z', reason: 'x' }] },
      'freezeWindows[0]',
    ],
  ])('refuses %s and names the field', (_, over, field) => {
    expect(refusal(over)).toEqual({ code: 'ROLLOUT_PLAN_INVALID', fields: expect.arrayContaining([field]) });
  });

  it('gives stages of our own the factors of the default ones, and the last one 1', () => {
    const stages = [{ share: 0.02 }, { share: 0.05 }, { share: 0.1 }];
    expect(resolvePlan({ ...input, stages }).stages.map(({ marginFactor }) => marginFactor)).toEqual([
      5, 2, 1,
    ]);
    const metrics = [{ ...QUALITY, margin: { value: 0.1, type: 'relative' as const, isDefault: false } }];
    expect(resolvePlan({ ...input, stages, metrics }).stages[0]!.marginFactor).toBe(2.5);
  });

  it('reads a last stage of 100 % as the promotion and its approval', () => {
    const plan = resolvePlan({ ...input, stages: [{ share: 0.5 }, { share: 1, requiresApproval: true }] });
    expect(plan.stages).toHaveLength(1);
    expect(plan.promotionRequiresApproval).toBe(true);
  });
});

describe('sizes of a plan', () => {
  it('needs fewer units where the margin is wider', () => {
    const plan = resolvePlan(input);
    expect(plan.stages.map((stage) => requiredUnits(plan, stage))).toEqual([200, 1250, 5000, 5000]);
  });

  it('tells days from traffic, and from bake time where traffic is plenty', () => {
    const plan = resolvePlan(input);
    expect(expectedStageDays(plan, plan.stages[0]!, 1000)).toBeCloseTo(10, 10);
    expect(expectedStageDays(plan, plan.stages[3]!, 1000)).toBeCloseTo(5, 10);
    expect(expectedStageDays(plan, plan.stages[3]!, 1_000_000)).toBe(1);
  });

  it('weighs challenger and control equally and leaves out an arm without traffic', () => {
    expect(armWeights(0.05)).toEqual({ challenger: 0.05, control: 0.05, champion: expect.closeTo(0.9, 12) });
    expect(armWeights(0.5)).toEqual({ challenger: 0.5, control: 0.5 });
  });
});
