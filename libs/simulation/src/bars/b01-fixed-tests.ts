import {
  compareCuped,
  compareMeans,
  compareRatios,
  deltaLiftTest,
  differenceError,
  pooledZ,
  sampleVariance,
  type ArmMoments,
  type TwoMeansTest,
} from '@app/stats';
import { rateWithin } from '../harness/judges.js';
import type { Bar, Row } from '../harness/row.js';
import { binomial } from '../random/discrete.js';
import {
  betaScore,
  goodRequests,
  latency,
  normalWithCovariate,
  stars,
  tokens,
  type Scenario,
  type UnitArm,
} from '../scenarios/index.js';
import { fixedExperiment, HUNDREDTH, LARGE, SIZES, SMALL, TENTH, type Sizes } from './fixed-experiment.js';

const LEVEL = 0.05;
const [LOW, HIGH] = [0.04, 0.06];
const REPLICATES = { full: 10_000, quick: 60 };

/** A fixed test of "no difference" by two-sided p; null where there is none. */
export type FixedTest = (control: ArmMoments, treatment: ArmMoments) => number | null;

export const welch: FixedTest = (control, treatment) =>
  compareMeans(control, treatment, LEVEL)?.pTwoSided ?? null;
export const cuped: FixedTest = (control, treatment) =>
  compareCuped(control, treatment, LEVEL)?.test.pTwoSided ?? null;
const cupedLift: FixedTest = (control, treatment) =>
  compareCuped(control, treatment, LEVEL)?.relative?.test.pTwoSided ?? null;
export const ratio: FixedTest = (control, treatment) =>
  compareRatios(control, treatment, LEVEL).absolute?.t.pTwoSided ?? null;
const ratioLift: FixedTest = (control, treatment) =>
  compareRatios(control, treatment, LEVEL).relative?.t.pTwoSided ?? null;
const lift: FixedTest = (control, treatment) => liftTest(control, treatment)?.pTwoSided ?? null;

/** Delta-method test of the lift, with the degrees of freedom of Welch's test of the difference. */
export function liftTest(control: ArmMoments, treatment: ArmMoments): TwoMeansTest | null {
  const error = differenceError(control, treatment, 'welch');
  const [var1, var2] = [sampleVariance(control), sampleVariance(treatment)];
  if (!error || var1 === null || var2 === null) return null;
  const pair = {
    mean1: control.mean,
    variance1: var1 / control.n,
    mean2: treatment.mean,
    variance2: var2 / treatment.n,
  };
  return deltaLiftTest(pair, error.df, LEVEL);
}

/** How often a test of a true null rejects; no test counts as no rejection. */
export function typeIRow<A extends UnitArm>(
  name: string,
  scenario: Scenario<A>,
  sizes: Sizes,
  test: FixedTest,
): Row {
  return {
    name: `${name}: ${scenario.name}, ${sizes.name}`,
    replicates: REPLICATES,
    outputs: ['rejects'],
    prepare: fixedExperiment(scenario, sizes, 0, (control, treatment) => [
      rejection(test(control, treatment)),
    ]),
    judge: rateWithin('rejects', LOW, HIGH),
  };
}

export const rejection = (p: number | null): 0 | 1 => (p !== null && p <= LEVEL ? 1 : 0);

/** The z test from counts. The lower bar holds where every expected cell is at least five. */
function proportionRow(p: number, { name, control, treatment }: Sizes): Row {
  const smallest = Math.min(control, treatment) * Math.min(p, 1 - p);
  return {
    name: `two-proportion z: Bernoulli ${p}, ${name}`,
    replicates: REPLICATES,
    outputs: ['rejects'],
    prepare: () => (random) => {
      const counts = {
        x1: binomial(random, control, p),
        n1: control,
        x2: binomial(random, treatment, p),
        n2: treatment,
      };
      return [rejection(pooledZ(counts).pTwoSided)];
    },
    judge: rateWithin('rejects', smallest < 5 ? null : LOW, HIGH),
  };
}

export const b01: Bar = {
  id: 'B1',
  title: 'fixed tests reject a true null at their level',
  rows: [
    ...[0.01, 0.05, 0.3, 0.5, 0.99].flatMap((p) => SIZES.map((sizes) => proportionRow(p, sizes))),
    ...SIZES.map((sizes) => typeIRow('Welch', stars, sizes, welch)),
    ...[betaScore, tokens].flatMap((scenario) =>
      [SMALL, TENTH].map((sizes) => typeIRow('Welch', scenario, sizes, welch)),
    ),
    ...SIZES.map((sizes) => typeIRow('Welch', latency(0.7), sizes, welch)),
    ...[SMALL, TENTH].map((sizes) => typeIRow('Welch', normalWithCovariate(0), sizes, welch)),
    typeIRow('Welch', latency(1.5), LARGE, welch),
    ...[0, 0.5, 0.9].flatMap((rho) =>
      [SMALL, TENTH].map((sizes) => typeIRow('CUPED', normalWithCovariate(rho), sizes, cuped)),
    ),
    ...[LARGE, HUNDREDTH].map((sizes) => typeIRow('CUPED', normalWithCovariate(0.5), sizes, cuped)),
    typeIRow('CUPED, lift', normalWithCovariate(0.5), SMALL, cupedLift),
    ...SIZES.map((sizes) => typeIRow('ratio', goodRequests, sizes, ratio)),
    ...[SMALL, TENTH].map((sizes) => typeIRow('ratio, lift', goodRequests, sizes, ratioLift)),
    ...[stars, latency(0.7)].flatMap((scenario) =>
      [SMALL, TENTH].map((sizes) => typeIRow('lift', scenario, sizes, lift)),
    ),
  ],
};
