import { differenceInterval, liftInterval, tuneTwoSided } from '@app/stats';
import { allOf, atLeast } from '../harness/judges.js';
import type { Bar, Row } from '../harness/row.js';
import {
  bernoulli,
  betaScore,
  costPerRequest,
  detectable,
  latency,
  stars,
  type Scenario,
  type UnitArm,
} from '../scenarios/index.js';
import { ALPHA, EVEN, Experiment, HUNDREDTH, plannedFor, TENTH, type Split } from './peeking.js';

/** Whether the intervals of the difference and of the lift hold the true effect at every peek after the burn-in. */
function row<A extends UnitArm>(scenario: Scenario<A>, split: Split, effect: number): Row {
  const units = split.peeks * split.unitsPerPeek;
  const gain = effect * detectable(scenario.sd, units * (1 - split.share), units * split.share);
  const lift = gain / scenario.mean;
  return {
    name: `${scenario.name}, ${split.name}, ${effect} × MDE`,
    replicates: { full: 2_000, quick: 3 },
    outputs: ['always covers', 'lift always covers'],
    prepare: () => {
      const experiment = new Experiment(scenario, gain);
      const rho = tuneTwoSided(ALPHA, plannedFor(split));
      return (random) => {
        experiment.clear();
        let [covers, liftCovers] = [true, true];
        for (let peek = 1; peek <= split.peeks && (covers || liftCovers); peek++) {
          experiment.grow(random, split.unitsPerPeek, split.share);
          if (!experiment.mayDecide) continue;
          const contrast = experiment.contrast();
          if (!contrast) continue;
          const ofDifference = differenceInterval(contrast, rho, ALPHA);
          const ofLift = liftInterval(contrast, rho, ALPHA);
          if (ofDifference && !(ofDifference.lower! <= gain && gain <= ofDifference.upper!)) covers = false;
          if (ofLift && !(ofLift.lower! <= lift && lift <= ofLift.upper!)) liftCovers = false;
        }
        return [covers ? 1 : 0, liftCovers ? 1 : 0];
      };
    },
    judge: allOf(atLeast('always covers', 1 - ALPHA), atLeast('lift always covers', 1 - ALPHA)),
  };
}

export const b04: Bar = {
  id: 'B4',
  title: 'the asymptotic sequence covers a true effect at all of 10,000 peeks',
  rows: [
    ...[EVEN, TENTH, HUNDREDTH].map((split) => row(bernoulli(0.05), split, 1)),
    row(bernoulli(0.01), EVEN, 1),
    row(bernoulli(0.3), EVEN, 3),
    row(bernoulli(0.99), TENTH, -1),
    row(betaScore, TENTH, 3),
    row(stars, HUNDREDTH, 1),
    row(latency(1), EVEN, 1),
    row(latency(1), TENTH, 3),
    row(costPerRequest(1), EVEN, 1),
  ],
};
