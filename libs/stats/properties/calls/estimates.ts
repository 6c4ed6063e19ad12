import fc from 'fast-check';
import { vectorMomentsOf } from '../../src/index.js';
import { armMoments, moments, pairMoments, twoProportions, vectorMoments } from '../data.js';
import { count, level, pairOf, positive, probability, real, reals, successesOf } from '../numbers.js';
import { call, type Calls } from '../soundness.js';

const vector = vectorMoments(4, vectorMomentsOf);
const methods = fc.constantFrom('welch' as const, 'student' as const, 'z' as const);
const meanPair = fc.record({ mean1: real, variance1: positive, mean2: real, variance2: positive });
const covariates = pairOf(real, real).map(([x, y]) => ({ x, y }));
const columns = fc
  .tuple(fc.nat(4), fc.nat(9))
  .chain(([k, n]) =>
    fc.tuple(
      fc.array(fc.array(real, { minLength: n, maxLength: n }), { minLength: k, maxLength: k }),
      fc.oneof({ weight: 9, arbitrary: fc.array(real, { minLength: n, maxLength: n }) }, reals),
    ),
  );
const clusterSums = fc.record({
  clusters: count,
  sumS: count,
  sumSS: positive,
  sumN: count,
  sumNN: positive,
  sumSN: positive,
});

/** Bins in order, of any width, with counts that fit together now and then. */
const bins = fc
  .array(
    fc.record({
      gap: positive,
      width: positive,
      events: count,
      byUnitEvents: positive,
      squareGrowth: positive,
    }),
    { maxLength: 5 },
  )
  .map((all) => {
    let end = 0;
    return all.map(({ gap, width, ...sums }) => {
      const lower = end + gap;
      end = lower + width;
      return { lower, upper: end, ...sums };
    });
  });

const quantileArm = fc
  .record({
    n: count,
    nStar: count,
    low: real,
    width: positive,
    gap: positive,
    clustered: fc.option(clusterSums),
  })
  .map(({ n, nStar, low, width, gap, clustered }) => ({
    n,
    nStar,
    quantileLower: low,
    quantileHat: low + gap,
    quantileUpper: low + gap + width,
    ...(clustered && { clustered }),
  }));
/** Fisher's test adds up as many tables as there are successes or units. */
const smallTable = fc
  .tuple(fc.nat(30), fc.nat(30), fc.nat(300), fc.nat(300))
  .map(([x1, x2, y1, y2]) => ({ x1, n1: x1 + y1, x2, n2: x2 + y2 }));
const sorted = reals.map((values) => [...values].sort((a, b) => a - b));

export const estimates = {
  momentsOf: call(fc.tuple(reals)),
  addToMoments: call(fc.tuple(moments, real)),
  mergeMoments: call(fc.tuple(moments, moments)),
  momentsFromSums: call(fc.tuple(count, real, positive)),
  momentsOfProportion: call(successesOf),
  sampleVariance: call(fc.tuple(moments), 'notNegative'),
  meanGap: call(fc.tuple(armMoments, armMoments)),
  mergeArmMoments: call(fc.tuple(armMoments, armMoments)),
  pairMomentsOf: call(pairOf(real, real)),
  mergePairMoments: call(fc.tuple(pairMoments, pairMoments)),
  pairMomentsFromSums: call(
    fc.tuple(fc.record({ n: count, x: real, y: real, xx: positive, yy: positive, xy: real })),
  ),
  vectorMomentsOf: call(
    fc.tuple(
      fc.oneof(
        columns.map(([k]) => k),
        fc.array(reals, { maxLength: 3 }),
      ),
    ),
  ),
  mergeVectorMoments: call(fc.tuple(vector, vector)),
  pairedRatios: call(fc.tuple(vector)),

  compareMeans: call(fc.tuple(moments, moments, level, methods)),
  differenceError: call(fc.tuple(moments, moments, methods)),
  welchDf: call(fc.tuple(positive, count, positive, count), 'notNegative'),
  testEstimate: call(fc.tuple(real, positive, positive, level)),
  testTwoSided: call(fc.tuple(real, positive, positive, level)),
  nonInferiority: call(fc.tuple(real, positive, positive, real)),
  nonInferioritySmallerIsBetter: call(fc.tuple(real, positive, positive, real)),
  tost: call(fc.tuple(real, positive, positive, fc.tuple(real, real))),
  oneWayAnova: call(fc.tuple(fc.array(moments, { maxLength: 4 }))),

  deltaLift: call(fc.tuple(meanPair)),
  deltaLiftTest: call(fc.tuple(meanPair, positive, level)),
  logRatioLift: call(fc.tuple(meanPair, level)),
  fiellerSet: call(
    fc.tuple(
      fc.record({ mean1: real, variance1: positive, mean2: real, variance2: positive, quantile: positive }),
    ),
  ),
  ratioEstimate: call(fc.tuple(armMoments)),
  ratioDifference: call(fc.tuple(armMoments, armMoments)),
  compareRatios: call(fc.tuple(armMoments, armMoments, level)),

  compareCuped: call(fc.tuple(armMoments, armMoments, level)),
  pooledTheta: call(fc.tuple(armMoments, armMoments)),
  compareCupedRatios: call(fc.tuple(vector, vector, level)),
  lastCoefficient: call(columns),
  ancova: call(fc.tuple(covariates, covariates)),
  linRegression: call(fc.tuple(covariates, covariates)),

  requireTrials: call(fc.tuple(count, count, level)),
  wilsonInterval: call(
    fc.tuple(successesOf, level).map(([[x, n], a]): [number, number, number] => [x, n, a]),
    'interval',
  ),
  agrestiCoullInterval: call(
    fc.tuple(successesOf, level).map(([[x, n], a]): [number, number, number] => [x, n, a]),
    'interval',
  ),
  clopperPearsonInterval: call(
    fc.tuple(successesOf, level).map(([[x, n], a]): [number, number, number] => [x, n, a]),
    'interval',
  ),
  clopperPearsonLower: call(
    fc.tuple(successesOf, level).map(([[x, n], a]): [number, number, number] => [x, n, a]),
    'probability',
  ),
  jeffreysInterval: call(
    fc.tuple(successesOf, level).map(([[x, n], a]): [number, number, number] => [x, n, a]),
    'interval',
  ),
  restrictedP1: call(fc.tuple(twoProportions, real), 'probability'),
  scoreInterval: call(
    fc.tuple(twoProportions, level, fc.constantFrom('miettinen-nurminen' as const, 'mee' as const)),
    'interval',
  ),
  agrestiCaffoInterval: call(fc.tuple(twoProportions, level), 'interval'),
  newcombeInterval: call(fc.tuple(twoProportions, level), 'interval'),
  waldInterval: call(fc.tuple(twoProportions, level), 'interval'),
  pooledZ: call(fc.tuple(twoProportions)),
  unpooledZ: call(fc.tuple(twoProportions)),
  fisherExact: call(
    fc.tuple(fc.oneof({ weight: 30, arbitrary: smallTable }, { weight: 1, arbitrary: twoProportions })),
  ),
  equalProportions: call(
    fc
      .array(successesOf, { maxLength: 4 })
      .map((arms): [number[], number[]] => [arms.map(([x]) => x), arms.map(([, n]) => n)]),
  ),

  sortedValues: call(fc.tuple(reals)),
  quantileType1: call(fc.tuple(sorted, probability)),
  quantileType7: call(fc.tuple(sorted, probability)),
  quantileIntervalNormal: call(fc.tuple(sorted, probability, level)),
  quantileIntervalExact: call(fc.tuple(sorted, probability, level)),
  clusteredIndicatorVariance: call(fc.tuple(clusterSums), 'notNegative'),
  clusteredQuantile: call(fc.tuple(fc.array(reals, { maxLength: 6 }), probability)),
  quantileUnitVariance: call(fc.tuple(quantileArm, probability), 'notNegative'),
  binnedQuantile: call(fc.tuple(bins, count, probability)),
  compareQuantiles: call(fc.tuple(quantileArm, quantileArm, probability, level)),
} satisfies Calls;
