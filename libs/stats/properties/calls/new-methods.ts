import fc from 'fast-check';
import type {
  BanditBatch,
  BanditRow,
  EDetectorPlan,
  EDetectorState,
  JudgedMoments,
} from '../../src/index.js';
import { startEDetector, updateEDetector } from '../../src/index.js';
import { moments, pairMoments } from '../data.js';
import { level, pairOf, positive, probabilities, probability, real, reals, shares } from '../numbers.js';
import { call, type Calls } from '../soundness.js';

const judged: fc.Arbitrary<JudgedMoments> = fc.record({ labelled: pairMoments, unlabelled: moments });
const lambda = fc.record({ lambda: real }, { requiredKeys: [] });
const arms = fc.record({ control: lambda, treatment: lambda }, { requiredKeys: [] });

/** A quantile in reach of short lists, now and then any. */
const side = fc.oneof(fc.constant(null), fc.constantFrom(0.1, 0.25, 0.75, 0.9), probability);
const quantiles = fc.record({ upper: side, lower: side }, { requiredKeys: [] });
const limits = fc
  .tuple(fc.option(real), fc.option(real), fc.boolean())
  .map(([a, b, sorted]) =>
    sorted && a !== null && b !== null
      ? { lower: Math.min(a, b), upper: Math.max(a, b) }
      : { lower: a, upper: b },
  );

const plan: fc.Arbitrary<EDetectorPlan> = fc
  .tuple(fc.constantFrom('up' as const, 'down' as const, 'both' as const), probability, probability, level)
  .map(([direction, a, b, alpha]) => ({
    direction,
    baseline: { lower: Math.min(a, b), upper: Math.max(a, b) },
    alpha,
  }));
const started: fc.Arbitrary<EDetectorState> = fc
  .tuple(plan, shares)
  .filter(([{ baseline }, scores]) => {
    const inside = baseline.lower >= 1e-300 && baseline.upper < 1;
    return inside && scores.every((score) => score >= 0 && score <= 1);
  })
  .filter(([{ alpha }]) => alpha > 1e-300 && alpha < 1)
  .map(([chosen, scores]) => scores.reduce(updateEDetector, startEDetector(chosen)));

/** Evidence of a few events or many; tails of tiny shapes cost time. */
const usual = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0.5, max: 50, noNaN: true }));
const rates = fc.array(fc.record({ a: usual, b: usual }), { maxLength: 3 });
const means = fc.array(
  fc.record({
    mean: real,
    df: fc.oneof(
      { weight: 8, arbitrary: fc.double({ min: 2, max: 500, noNaN: true }) },
      { weight: 1, arbitrary: positive },
    ),
    scale: positive,
  }),
  { maxLength: 3 },
);
const control = fc.constantFrom(null, 0, 0, 1, 2);
const floors = fc.record(
  { control, floor: probability, controlShare: probability },
  { requiredKeys: ['control'] },
);

/** Probabilities above 0 that sum to 1, now and then not. */
const propensities = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 3, maxLength: 3 }).map((parts) => {
      const total = parts.reduce((sum, part) => sum + part, 0);
      return parts.map((part) => part / total);
    }),
  },
  { weight: 1, arbitrary: probabilities },
);
const batches: fc.Arbitrary<BanditBatch[]> = fc.array(
  fc.record({ propensities, arms: fc.array(moments, { minLength: 3, maxLength: 3 }) }),
  { maxLength: 4 },
);
const rows: fc.Arbitrary<BanditRow[]> = fc.array(fc.record({ arm: fc.nat(3), reward: real, propensities }), {
  maxLength: 8,
});
const aipwOptions = fc.record(
  { weights: fc.constantFrom('uniform' as const, 'stabilised' as const), alpha: level, guess: real },
  { requiredKeys: [] },
);
const arm = fc.nat(3);

export const newMethods = {
  winsorisationThreshold: call(fc.tuple(reals, quantiles)),
  winsoriseValue: call(fc.tuple(real, limits)),
  winsorise: call(fc.tuple(reals, limits)),

  judgedMomentsOf: call(
    fc
      .tuple(pairOf(real, real), reals)
      .map(([[f, y], others]): [number[], number[], number[]] => [f, y, others]),
  ),
  mergeJudgedMoments: call(fc.tuple(judged, judged)),
  predictionPoweredMean: call(fc.tuple(judged, lambda)),
  predictionPoweredDifference: call(fc.tuple(judged, judged, arms)),
  predictionPoweredRatio: call(fc.tuple(judged, judged, arms)),

  startEDetector: call(fc.tuple(plan)),
  updateEDetector: call(fc.tuple(started, probability)),

  thompsonAllocation: call(fc.tuple(probabilities, floors), 'probability'),
  armAt: call(fc.tuple(propensities, probability), 'notNegative'),
  probBestOfMeans: call(fc.tuple(means), 'probability'),
  expectedLossesOfMeans: call(fc.tuple(means), 'notNegative'),
  expectedLossesOfBetas: call(fc.tuple(rates), 'probability'),
  banditStep: call(
    fc.tuple(
      fc.oneof(
        rates.map((beliefs) => ({ reward: 'rate' as const, arms: beliefs })),
        means.map((beliefs) => ({ reward: 'mean' as const, arms: beliefs })),
      ),
      fc.record(
        { control, lossThreshold: positive, lowerIsBetter: fc.boolean(), stopProbability: probability },
        { requiredKeys: ['control', 'lossThreshold'] },
      ),
    ),
  ),
  banditBatches: call(fc.tuple(rows)),
  aipwMean: call(fc.tuple(batches, arm, aipwOptions)),
  aipwDifference: call(fc.tuple(batches, fc.record({ control: arm, treatment: arm }), aipwOptions)),
} satisfies Calls;
