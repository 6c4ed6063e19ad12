import { compareCuped, pooledZ, srmLogE, type ArmMoments } from '@app/stats';
import { atMost, mustFail, rateWithin } from '../harness/judges.js';
import type { Bar, Row } from '../harness/row.js';
import { normal } from '../random/normal.js';
import { bernoulli, CovariateArm, goodRequests, RatioArm } from '../scenarios/index.js';
import { rejection } from './b01-fixed-tests.js';
import { quantileBand, quantileExperiment } from './b10-clustered-quantiles.js';
import { peekedFixedTest } from './b19-peeking.js';
import { SMALL } from './fixed-experiment.js';
import { ALPHA, HUNDREDTH, REJECTION_OUTPUTS, watchForRejection } from './peeking.js';

/** The band that fixed tests keep in B1. */
const fixedBand = rateWithin('rejects', 0.04, 0.06);

const peeked: Row = {
  name: 'a fixed test, peeked at',
  replicates: { full: 1_000, quick: 60 },
  outputs: ['ever rejects'],
  prepare: peekedFixedTest,
  judge: mustFail(atMost('ever rejects', ALPHA)),
};

/** Every request counted as if it were a unit. */
const independentRequests: Row = {
  name: 'a ratio with the variance of independent requests',
  replicates: { full: 4_000, quick: 200 },
  outputs: ['rejects'],
  prepare: () => {
    const [control, treatment] = [new RatioArm(), new RatioArm()];
    const draw = goodRequests.units(0);
    const totals = (arm: RatioArm): [number, number] => [
      Math.round(arm.mean * arm.n),
      Math.round(arm.denominator.mean * arm.n),
    ];
    return (random) => {
      for (const arm of [control, treatment]) {
        arm.clear();
        for (let i = 0; i < SMALL.control; i++) draw(random, arm);
      }
      const [[x1, n1], [x2, n2]] = [totals(control), totals(treatment)];
      return [rejection(pooledZ({ x1, n1, x2, n2 }).pTwoSided)];
    };
  },
  judge: mustFail(fixedBand),
};

const unclusteredQuantile: Row = {
  name: 'a quantile without clustering',
  replicates: { full: 2_000, quick: 120 },
  outputs: ['rejects'],
  prepare: quantileExperiment(0.5, false),
  judge: mustFail(quantileBand),
};

const withoutBurnIn: Row = {
  name: 'the sequence without burn-in, 99/1',
  replicates: { full: 1_000, quick: 30 },
  outputs: REJECTION_OUTPUTS,
  prepare: watchForRejection(bernoulli(0.01), HUNDREDTH, { withoutBurnIn: true }),
  judge: mustFail(atMost('ever rejects', ALPHA)),
};

/** Units arrive 90/10 as planned; the test believes in 50/50. */
const ignoredWeights: Row = {
  name: 'the sample-ratio test ignoring the weights',
  replicates: { full: 500, quick: 20 },
  outputs: ['ever alarms'],
  prepare: () => (random) => {
    const counts = [0, 0];
    for (let n = 1; n <= 10_000; n++) {
      counts[random.uniform() < 0.1 ? 1 : 0]!++;
      if (srmLogE(counts, [1, 1]) >= -Math.log(0.01)) return [1];
    }
    return [0];
  },
  judge: mustFail(atMost('ever alarms', 0.01)),
};

/** No effect on the metric, but the treatment moves what CUPED takes for a covariate from before. */
const movedCovariate: Row = {
  name: 'CUPED with a covariate that the treatment moves',
  replicates: { full: 4_000, quick: 200 },
  outputs: ['rejects'],
  prepare: () => {
    const [control, treatment] = [new CovariateArm(), new CovariateArm()];
    const p = (c: ArmMoments, t: ArmMoments): number => compareCuped(c, t, ALPHA)!.test.pTwoSided;
    return (random) => {
      for (const arm of [control, treatment]) {
        arm.clear();
        for (let i = 0; i < SMALL.control; i++) {
          const x = normal(random);
          arm.addPair(0.7 * x + 0.71 * normal(random), arm === treatment ? x + 0.3 : x);
        }
      }
      return [rejection(p(control, treatment))];
    };
  },
  judge: mustFail(fixedBand),
};

export const negativeControls: Bar = {
  id: 'negative-controls',
  title: 'methods known to be broken must fall outside their bars',
  rows: [peeked, independentRequests, unclusteredQuantile, withoutBurnIn, ignoredWeights, movedCovariate],
};
