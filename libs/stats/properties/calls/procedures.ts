import fc from 'fast-check';
import type { MonitoringPlan } from '../../src/index.js';
import { moments } from '../data.js';
import {
  count,
  counts,
  level,
  pairOf,
  positive,
  probabilities,
  probability,
  real,
  reals,
  ties,
  weights,
} from '../numbers.js';
import { call, type Calls } from '../soundness.js';

const adjust = fc.constantFrom(
  'bonferroni' as const,
  'sidak' as const,
  'holm' as const,
  'holmSidak' as const,
  'hochberg' as const,
  'hommel' as const,
  'bh' as const,
  'by' as const,
);
const poweredTest = fc
  .tuple(probability, fc.option(level, { nil: 0.05 }), fc.constantFrom(1 as const, 2 as const))
  .map(([power, alpha, sided]) => ({ power, alpha, sides: sided }));
const sides = fc.constantFrom(1 as const, 2 as const);
/** Evidence of a few events or many; below ½ the tails of the logit get long, which costs time. */
const usual = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0.5, max: 50, noNaN: true }));
const shape = fc.oneof(
  { weight: 30, arbitrary: fc.record({ a: usual, b: usual }) },
  { weight: 1, arbitrary: fc.record({ a: positive, b: positive }) },
);
const prior = fc.option(fc.record({ mean: real, variance: positive }));
const posterior = fc.record({ mean: real, df: positive, scale: positive });
const meansDesign = fc.record({ var1: positive, var2: positive, ratio: positive, alpha: level, sides });
const ratesDesign = fc.record({ p1: probability, p2: probability, alpha: level, sides });
const tDesign = fc.record({ effectSize: real, ratio: positive, alpha: level, sides });
const spendingType = fc.constantFrom('asOF' as const, 'asP' as const, 'asHSD' as const, 'asKD' as const);
const gamma = fc.option(real);
const rates = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }).map((steps) => {
      const sums = steps.reduce<number[]>((all, step) => [...all, (all.at(-1) ?? 0) + step], []);
      return sums.map((sum) => sum / sums.at(-1)!);
    }),
  },
  { weight: 1, arbitrary: pairOf(real, real, 3).map(([x]) => x) },
);
const boundaryPlan = fc.record({
  informationRates: rates,
  alpha: level,
  sided: sides,
  type: fc.constantFrom(
    'asOF' as const,
    'asP' as const,
    'asHSD' as const,
    'asKD' as const,
    'OF' as const,
    'P' as const,
    'WT' as const,
  ),
  gamma,
  delta: real,
});
const futilityPlan = fc.record({
  informationRates: rates,
  alpha: level,
  sided: sides,
  type: spendingType,
  gamma,
  beta: level,
  betaSpending: fc.record({ type: spendingType, gamma }),
  binding: fc.boolean(),
});

/** Limits of a chart: a system of equations grows with them. */
const limit = fc.oneof(
  { weight: 200, arbitrary: fc.double({ min: 0.1, max: 4, noNaN: true }) },
  { weight: 1, arbitrary: positive },
);
const dunnettArm = fc.oneof(
  { weight: 15, arbitrary: fc.record({ n: fc.integer({ min: 10, max: 60 }), mean: real, m2: positive }) },
  { weight: 1, arbitrary: moments },
);

export const procedures = {
  adjustPValues: call(fc.tuple(probabilities, adjust), 'probability'),
  holmSteps: call(fc.tuple(probabilities, level)),
  ebh: call(fc.tuple(fc.array(positive, { maxLength: 8 }), level)),
  eBonferroni: call(fc.tuple(fc.array(positive, { maxLength: 8 }), level)),
  pToE: call(fc.tuple(probability), 'notNegative'),
  dunnettTest: call(fc.tuple(dunnettArm, fc.array(dunnettArm, { maxLength: 2 }), level)),

  kolmogorovSmirnov: call(fc.tuple(ties, ties)),
  mannWhitney: call(fc.tuple(ties, ties)),

  betaPosterior: call(fc.tuple(count, count, shape), 'notNegative'),
  betaMoments: call(fc.tuple(shape)),
  probBestOfBetas: call(fc.tuple(fc.array(shape, { maxLength: 4 })), 'probability'),
  probBestOfNormals: call(
    fc.tuple(fc.array(fc.record({ mean: real, sd: positive }), { maxLength: 4 })),
    'probability',
  ),
  normalEffect: call(
    fc.tuple(real, positive, fc.record({ prior, alpha: level, lowerIsBetter: fc.boolean() })),
  ),
  meanPosterior: call(fc.tuple(moments, fc.record({ m0: real, k0: positive, a0: positive, b0: positive }))),
  probMeanGreater: call(fc.tuple(posterior, posterior), 'probability'),
  compareBetas: call(fc.tuple(shape, shape, level)),
  logProbLess: call(fc.tuple(shape, shape), 'logProbability'),
  expectedExcess: call(fc.tuple(shape, shape), 'probability'),

  meansSampleSize: call(fc.tuple(meansDesign, real, probability), 'notNegative'),
  meansPower: call(fc.tuple(meansDesign, real, positive)),
  meansMde: call(fc.tuple(meansDesign, probability, positive)),
  nonInferioritySampleSize: call(fc.tuple(meansDesign, real, real, probability), 'notNegative'),
  sampleSize: call(fc.tuple(positive, positive), 'notNegative'),
  sequentialInflation: call(fc.tuple(poweredTest), 'notNegative'),
  methodInflation: call(
    fc.tuple(
      fc.constantFrom('sequential' as const, 'group-sequential' as const, 'fixed' as const),
      poweredTest,
    ),
    'notNegative',
  ),
  pooledSampleSize: call(fc.tuple(ratesDesign, probability), 'notNegative'),
  pooledPower: call(fc.tuple(ratesDesign, positive), 'probability'),
  cohenH: call(fc.tuple(ratesDesign)),
  arcsineSampleSize: call(fc.tuple(ratesDesign, probability), 'notNegative'),
  arcsinePower: call(fc.tuple(ratesDesign, positive)),
  nonInferiorityRatesSampleSize: call(
    fc.tuple(
      fc.record({ p1: probability, p2: probability, alpha: level, ratio: positive }),
      real,
      probability,
    ),
  ),
  tPower: call(fc.tuple(tDesign, positive)),
  tSampleSize: call(fc.tuple(tDesign, probability, fc.boolean()), 'notNegative'),

  plannedSplit: call(pairOf(count, fc.oneof(fc.constant(1), positive))),
  srmFixed: call(fc.oneof(pairOf(count, fc.oneof(fc.constant(1), positive)), fc.tuple(counts, weights))),
  srmLogE: call(
    fc
      .tuple(pairOf(count, fc.oneof(fc.constant(1), positive)), fc.option(positive))
      .map(([[x, w], c]): [number[], number[], number | undefined] => [x, w, c ?? undefined]),
  ),
  pFromLogE: call(fc.tuple(real), 'probability'),

  cusumPath: call(
    fc.tuple(reals, fc.record({ mu0: real, sigma: positive, k: positive, h: positive })),
    'notNegative',
  ),
  pageHinkleyPath: call(fc.tuple(reals, fc.record({ delta: positive, lambda: positive })), 'notNegative'),
  populationStability: call(pairOf(count, count)),
  cusumRunLength: call(
    fc.tuple(positive, positive, real, fc.constantFrom('one' as const, 'two' as const)),
    'notNegative',
  ),
  cusumRunLengthSiegmund: call(fc.tuple(positive, positive, real), 'notNegative'),
  ewmaRunLength: call(
    fc.tuple(fc.oneof(fc.double({ min: 0.1, max: 1, noNaN: true }), probability), limit, real),
    'notNegative',
  ),

  spent: call(fc.tuple(fc.record({ type: spendingType, gamma }), positive, level), 'probability'),
  monitoringBounds: call(
    fc
      .tuple(boundaryPlan, level, level, fc.option(real))
      .map(([{ informationRates }, alpha, power, driftAtEnd]): [MonitoringPlan] => [
        { informationRates, alpha, power, driftAtEnd },
      ]),
  ),
  groupSequentialBoundary: call(fc.tuple(boundaryPlan)),
  groupSequentialDesign: call(fc.tuple(boundaryPlan, level)),
  futilityDesign: call(fc.tuple(futilityPlan)),
} satisfies Calls;
