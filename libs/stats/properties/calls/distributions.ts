import fc from 'fast-check';
import { count, level, positive, probability, real } from '../numbers.js';
import { call, type Calls } from '../soundness.js';

const two = (first: fc.Arbitrary<number>) => fc.tuple(first, positive);
const three = (first: fc.Arbitrary<number>) => fc.tuple(first, positive, positive);
/** Treatments of a Dunnett test: few, and seldom of much more units than the control's. */
const sizes = fc.array(
  fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 10, max: 40 }) }, { weight: 1, arbitrary: positive }),
  { maxLength: 2 },
);
const controlN = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 10, max: 60 }) },
  { weight: 1, arbitrary: positive },
);
const degrees = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 8, max: 400 }) },
  { weight: 1, arbitrary: positive },
);
const trials = fc.tuple(count, count, probability);

export const distributions = {
  normalCdf: call(fc.tuple(real), 'probability'),
  normalSf: call(fc.tuple(real), 'probability'),
  normalLogCdf: call(fc.tuple(real), 'logProbability'),
  normalLogSf: call(fc.tuple(real), 'logProbability'),
  normalPdf: call(fc.tuple(real), 'probability'),
  normalQuantile: call(fc.tuple(probability)),
  normalIsf: call(fc.tuple(probability)),
  studentTCdf: call(two(real), 'probability'),
  studentTSf: call(two(real), 'probability'),
  studentTLogCdf: call(two(real), 'logProbability'),
  studentTLogSf: call(two(real), 'logProbability'),
  studentTQuantile: call(two(probability)),
  studentTIsf: call(two(probability)),
  chiSquaredCdf: call(two(real), 'probability'),
  chiSquaredSf: call(two(real), 'probability'),
  chiSquaredLogCdf: call(two(real), 'logProbability'),
  chiSquaredLogSf: call(two(real), 'logProbability'),
  chiSquaredQuantile: call(two(probability), 'notNegative'),
  chiSquaredIsf: call(two(probability), 'notNegative'),
  gammaCdf: call(three(real), 'probability'),
  gammaSf: call(three(real), 'probability'),
  gammaLogCdf: call(three(real), 'logProbability'),
  gammaLogSf: call(three(real), 'logProbability'),
  gammaLogTails: call(three(real)),
  gammaQuantile: call(three(probability), 'notNegative'),
  gammaIsf: call(three(probability), 'notNegative'),
  betaCdf: call(three(probability), 'probability'),
  betaSf: call(three(probability), 'probability'),
  betaLogCdf: call(three(probability), 'logProbability'),
  betaLogSf: call(three(probability), 'logProbability'),
  betaLogTails: call(three(probability)),
  betaQuantile: call(three(probability), 'probability'),
  betaIsf: call(three(probability), 'probability'),
  betaLogit: call(
    fc.tuple(positive, positive, probability, fc.constantFrom('lower' as const, 'upper' as const)),
  ),
  fCdf: call(three(real), 'probability'),
  fSf: call(three(real), 'probability'),
  fLogCdf: call(three(real), 'logProbability'),
  fLogSf: call(three(real), 'logProbability'),
  fLogTails: call(three(real)),
  fQuantile: call(three(probability), 'notNegative'),
  fIsf: call(three(probability), 'notNegative'),
  binomialCdf: call(trials, 'probability'),
  binomialSf: call(trials, 'probability'),
  binomialLogCdf: call(trials, 'logProbability'),
  binomialLogSf: call(trials, 'logProbability'),
  binomialLogPmf: call(trials, 'logProbability'),
  binomialLogTails: call(trials),
  binomialQuantile: call(fc.tuple(probability, count, probability), 'notNegative'),
  kolmogorovSf: call(fc.tuple(real), 'probability'),
  noncentralTSf: call(fc.tuple(real, positive, real), 'probability'),
  dunnettSf: call(fc.tuple(real, controlN, sizes, degrees), 'probability'),
  dunnettIsf: call(fc.tuple(level, controlN, sizes, degrees), 'notNegative'),
} satisfies Calls;
