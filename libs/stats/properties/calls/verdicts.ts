import fc from 'fast-check';
import type { Contrast, LookInput, MetricPlan } from '../../src/index.js';
import { armMoments, pairMoments } from '../data.js';
import { count, level, positive, probability, real, successesOf } from '../numbers.js';
import { call, type Calls } from '../soundness.js';

const amount = fc.record({
  value: probability,
  type: fc.constantFrom('relative' as const, 'absolute' as const),
});
const optional = { requiredKeys: ['key', 'role', 'kind', 'direction'] as const };

const metricOf = (key: string): fc.Arbitrary<MetricPlan> =>
  fc.record(
    {
      key: fc.constant(key),
      role: fc.constantFrom('success' as const, 'guardrail' as const, 'exploratory' as const),
      kind: fc.constantFrom(
        'proportion' as const,
        'count' as const,
        'mean' as const,
        'ratio' as const,
        'quantile' as const,
      ),
      direction: fc.constantFrom('increase' as const, 'decrease' as const, 'none' as const),
      mde: amount,
      margin: amount.map((value) => ({ ...value, isDefault: false })),
      harmMargin: amount,
      harmWeight: fc.constantFrom(1, 2),
    },
    { requiredKeys: [...optional.requiredKeys] },
  );

/** What a metric's kind allows: shares of whole successes where it is 0/1. */
const proportion = successesOf.map(([x, n]) => ({
  n,
  mean: n > 0 ? x / n : 0,
  m2: n > 0 ? (x * (n - x)) / n : 0,
}));
const arm = fc.oneof(armMoments, proportion);
const epochsOf = fc
  .array(arm, { maxLength: 2 })
  .map((arms) => arms.map((moments, i) => ({ number: i + 1, moments })));

const look: fc.Arbitrary<LookInput> = fc
  .record({
    plan: fc.record({
      method: fc.constant('sequential' as const),
      alpha: level,
      power: fc.constantFrom(0.8, 0.9),
      plannedUnits: positive,
      minDays: fc.nat(20),
    }),
    weights: fc.tuple(positive, positive),
    metrics: fc.array(fc.tuple(metricOf('a'), arm, arm, arm, arm), { maxLength: 2 }),
    crossing: successesOf,
    fullDays: fc.nat(40),
    harm: probability,
    srmP: probability,
    extra: fc.tuple(count, count),
  })
  .map(({ plan, weights, metrics, crossing, fullDays, harm, srmP, extra }) => {
    const weightOf = { old: weights[0], new: weights[1] };
    // More units with a value than were exposed would be no look.
    const exposed = (of: 1 | 2 | 3 | 4, more: number) =>
      Math.max(0, ...metrics.map((evidence) => evidence[of].n)) + Math.max(0, more);
    const units = { old: exposed(1, extra[0]), new: exposed(2, extra[1]) };
    return {
      plan,
      arms: [
        { key: 'old', weight: weights[0], control: true },
        { key: 'new', weight: weights[1], control: false },
      ],
      epochs: [
        { number: 1, weights: weightOf, units },
        { number: 2, weights: weightOf, units: { old: exposed(3, 0), new: exposed(4, 0) } },
      ],
      crossing: { units: crossing[0], exposed: crossing[1] },
      metrics: metrics.map(([metric, c1, t1, c2, t2], i) => ({
        metric: { ...metric, key: `m${i}` },
        epochs: [
          { number: 1, arms: { old: c1, new: t1 } },
          { number: 2, arms: { old: c2, new: t2 } },
        ],
        openUnits: {},
      })),
      fullDays,
      memory: { harmP: { 'new/m0': harm }, srmP },
    };
  });

const side = fc.record({ value: real, variance: positive.map(Math.abs), pooled: arm });
const contrast: fc.Arbitrary<Contrast> = fc.record({
  kind: fc.constant('contrast' as const),
  control: side,
  treatment: side,
  n: positive,
  difference: real,
  se: positive,
});

export const verdicts = {
  analyseLook: call(fc.tuple(look)),
  evaluateBenefit: call(
    fc.tuple(
      fc.array(
        fc.record({
          metric: metricOf('a'),
          control: epochsOf,
          treatment: epochsOf,
          nStar: positive,
          previousWorseP: probability,
        }),
        { maxLength: 2 },
      ),
      level,
    ),
  ),
  evaluateGuardrail: call(
    fc.tuple(
      fc.record({
        metric: metricOf('a'),
        control: epochsOf,
        treatment: epochsOf,
        alphaNonInferiority: level,
        harmAlpha: level,
        nStar: positive,
        previousHarmP: probability,
        treatmentShare: fc.constantFrom<Record<number, number>>({ 1: 0.5, 2: 0.05 }, {}),
        marginFactor: fc.constantFrom(1, 2, 5),
      }),
    ),
  ),
  evaluatePairedGuardrail: call(
    fc.tuple(
      fc.record({
        metric: metricOf('a'),
        pairs: pairMoments,
        marginFactor: fc.constantFrom(1, 2, 5),
        alpha: level,
        nStar: positive,
      }),
    ),
  ),
  covariateAdjustment: call(
    fc.tuple(
      fc.constantFrom('mean', 'ratio'),
      fc.array(fc.record({ number: fc.nat(3), arms: fc.record({ old: armMoments, new: armMoments }) }), {
        maxLength: 3,
      }),
    ),
  ),
  contrastOf: call(
    fc.tuple(
      fc.constantFrom('proportion' as const, 'mean' as const, 'ratio' as const, 'quantile' as const),
      epochsOf,
      epochsOf,
    ),
  ),
  differenceInterval: call(fc.tuple(contrast, positive, level)),
  liftInterval: call(fc.tuple(contrast, positive, level)),
  liftOf: call(fc.tuple(contrast)),
  lowerBound: call(fc.tuple(fc.record({ estimate: real, se: positive, n: positive }), positive, level)),
  linearContrast: call(fc.tuple(contrast, real)),
  integrityReport: call(
    fc.tuple(look.map(({ epochs, crossing, memory }) => ({ epochs, crossing, previousSrmP: memory.srmP }))),
  ),
  comparisonNStar: call(
    fc.tuple(
      fc.record({ plannedUnits: positive }),
      look.map(({ arms }) => arms),
      fc.constant({ control: 'old', treatment: 'new' }),
    ),
    'notNegative',
  ),
  absoluteAmount: call(
    fc.tuple(
      fc.record({ value: real, type: fc.constantFrom('relative' as const, 'absolute' as const) }),
      real,
    ),
  ),
  harmLevels: call(
    fc.tuple(
      fc.array(fc.record({ harmWeight: positive }, { requiredKeys: [] }), { maxLength: 4 }),
      level,
      fc.integer({ min: 1, max: 4 }),
    ),
    'probability',
  ),
  // More units with a value than were exposed would be no arm.
  armSummary: call(
    fc
      .tuple(fc.constantFrom('proportion', 'mean', 'ratio', 'quantile'), arm, count, count)
      .map(([kind, moments, open, exposed]): [MetricPlan['kind'], typeof moments, number, number] => [
        kind,
        moments,
        open,
        Math.max(moments.n, exposed),
      ]),
  ),
  burnInUnits: call(fc.tuple(metricOf('a')), 'notNegative'),
  missingBurnIn: call(fc.tuple(metricOf('a'), arm, arm)),
  successes: call(fc.tuple(arm)),
  coverageDiffers: call(
    fc
      .tuple(successesOf, successesOf, positive)
      .map(
        ([[a, n], [b, m], nStar]): [
          { covered: number; closed: number },
          { covered: number; closed: number },
          number,
        ] => [{ covered: a, closed: n }, { covered: b, closed: m }, nStar],
      ),
  ),
} satisfies Calls;
