import fc from 'fast-check';
import { count, level, positive, probability, real, reals, shares } from '../numbers.js';
import { call, type Calls } from '../soundness.js';

const point = fc.record({ estimate: real, se: positive, n: positive });
const sided = fc.record({ vOpt: positive, alphaOpt: level, oneSided: fc.boolean() });
const bounded = fc.record({
  vOpt: positive,
  alphaOpt: level,
  oneSided: fc.boolean(),
  g: positive,
  h: positive,
});
const betaBinomial = fc.tuple(real, positive, positive, positive, positive);
const betting = fc.record({ theta: probability, truncScale: probability, convexComb: fc.boolean() });
const labelled = fc.record({ treatmentEvents: count, events: count, theta: probability });
const rateGap = fc.record({
  treatmentEvents: count,
  treatmentUnits: count,
  controlEvents: count,
  controlUnits: count,
});

export const sequences = {
  tuneTwoSided: call(fc.tuple(level, positive), 'notNegative'),
  tuneOneSided: call(fc.tuple(level, positive), 'notNegative'),
  twoSidedRadius: call(fc.tuple(positive, positive, level), 'notNegative'),
  oneSidedRadius: call(fc.tuple(positive, positive, level), 'notNegative'),
  twoSidedLogE: call(fc.tuple(point, positive, real)),
  twoSidedLogP: call(fc.tuple(point, positive, real), 'logProbability'),
  greaterLogP: call(fc.tuple(point, positive, real), 'logProbability'),
  msprt: call(
    fc.tuple(fc.record({ difference: real, variance: positive, tau2: positive, theta0: real, alpha: level })),
  ),
  anytimeCoefficient: call(
    fc.tuple(
      fc.record({
        t: real,
        n: count,
        coefficients: fc.oneof(fc.constant(2), count),
        g: positive,
        alpha: level,
      }),
    ),
    'number',
  ),

  bernoulliInterval: call(
    fc
      .tuple(fc.record({ share: probability, n: count, alpha: level, tOpt: positive, alphaOpt: level }))
      .map(
        ([{ share, n, ...rest }]): [
          { sum: number; n: number; alpha: number; tOpt: number; alphaOpt: number },
        ] => [{ sum: share * n, n, ...rest }],
      ),
    'interval',
  ),
  mixtureWidth: call(fc.tuple(positive, level, positive, positive), 'notNegative'),
  logBetaBinomialMixture: call(betaBinomial),
  logBetaBinomialMixtureOneSided: call(betaBinomial),
  empiricalBernsteinPath: call(fc.tuple(shares, level, probability)),
  mixtureEmpiricalBernsteinLower: call(fc.tuple(shares, level, positive), 'notNegative'),
  bettingMartingale: call(fc.tuple(shares, probability, level, betting), 'notNegative'),
  bettingPath: call(fc.tuple(shares, level, betting)),
  quantileAbP: call(
    fc.tuple(reals, reals, fc.record({ nu: probability, tOpt: positive, alphaOpt: level })),
    'probability',
  ),

  labelLogE: call(
    fc.tuple(
      fc.oneof(
        labelled,
        labelled.map((seen) => ({ ...seen, treatmentEvents: Math.min(seen.treatmentEvents, seen.events) })),
      ),
      fc.record({ a: positive, b: positive }),
    ),
  ),
  labelPrior: call(fc.tuple(probability)),
  labelTheta: call(fc.tuple(probability, real), 'probability'),
  rateGapLogE: call(
    fc.tuple(
      fc.oneof(
        rateGap,
        rateGap.map((seen) => ({
          ...seen,
          treatmentEvents: Math.min(seen.treatmentEvents, seen.treatmentUnits),
          controlEvents: Math.min(seen.controlEvents, seen.controlUnits),
        })),
      ),
      fc.record({ offset: fc.oneof(probability, fc.constant(0)), slope: positive }),
    ),
  ),

  mixtureRho: call(fc.tuple(sided), 'notNegative'),
  normalLogMixture: call(fc.tuple(real, positive, sided)),
  normalMixtureBound: call(fc.tuple(positive, level, sided), 'notNegative'),
  gammaExponentialLogMixture: call(
    fc.tuple(real, positive, fc.record({ vOpt: positive, alphaOpt: level, c: positive })),
  ),
  gammaExponentialBound: call(
    fc.tuple(positive, level, fc.record({ vOpt: positive, alphaOpt: level, c: positive })),
    'notNegative',
  ),
  betaBinomialLogMixture: call(fc.tuple(real, positive, bounded)),
  betaBinomialBound: call(fc.tuple(positive, level, bounded), 'notNegative'),
  stitchingBound: call(
    fc.tuple(positive, level, fc.record({ vMin: positive, c: positive, s: positive, eta: positive })),
    'notNegative',
  ),
} satisfies Calls;
