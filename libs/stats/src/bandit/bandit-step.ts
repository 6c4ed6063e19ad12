import { probBestOfBetas } from '../bayesian/best-arm.js';
import type { BetaShape } from '../bayesian/beta-arm.js';
import type { MeanPosterior } from '../bayesian/normal-inverse-gamma.js';
import { requireDomain, requirePositive } from '../stats-error.js';
import { thompsonAllocation, type AllocationFloors } from './allocation.js';
import { expectedLossesOfMeans, probBestOfMeans } from './best-mean.js';
import { expectedLossesOfBetas } from './expected-losses.js';

/** Beliefs about all arms: of 0/1 rewards from `betaPosterior`, of means from `meanPosterior`. */
export type BanditBeliefs =
  | { readonly reward: 'rate'; readonly arms: readonly BetaShape[] }
  | { readonly reward: 'mean'; readonly arms: readonly MeanPosterior[] };

/** Floors, and when to stop exploring. */
export interface BanditRule extends AllocationFloors {
  /** The expected loss below which nobody cares, > 0, in the unit of the rewards. */
  readonly lossThreshold: number;
  /** Default 0.99. */
  readonly stopProbability?: number;
  /** The best arm is the one with the least rewards. Default false. */
  readonly lowerIsBetter?: boolean;
}

/** What a batch boundary decides. */
export interface BanditStep {
  /** Assignment probabilities of the next batch, to be logged as propensities. */
  readonly allocation: readonly number[];
  readonly probBest: readonly number[];
  /** Expected loss of choosing each arm. */
  readonly expectedLosses: readonly number[];
  /** The arm with the largest P(best); the first of equals. */
  readonly best: number;
  /** P(best) of that arm is above `stopProbability` and its expected loss below the threshold. */
  readonly stop: boolean;
}

/**
 * One step of Thompson sampling at a batch boundary: allocation by the exact P(best) with floors, and whether to stop.
 *
 * Assumes rewards that are known by the end of their batch, independent units, and arms whose rewards do not change over
 * time. `stop` ends the exploration; it is a rule of beliefs with no error rate, and no claim of an effect: that
 * is for `aipwDifference`.
 *
 * @throws StatsError `STATS_SHAPE` no arm; `STATS_DOMAIN` beliefs, floors or thresholds outside their domains
 * @see Thompson (1933), Biometrika 25, doi:10.1093/biomet/25.3-4.285; Scott (2010), A modern Bayesian look at the
 *   multi-armed bandit, Applied Stochastic Models in Business and Industry 26, doi:10.1002/asmb.874
 */
export function banditStep(beliefs: BanditBeliefs, rule: BanditRule): BanditStep {
  const { lossThreshold, stopProbability = 0.99, lowerIsBetter = false } = rule;
  requirePositive(lossThreshold, 'lossThreshold');
  requireDomain(stopProbability > 0 && stopProbability < 1, 'stopProbability', stopProbability, 'in (0, 1)');
  const { probBest, expectedLosses } = judge(beliefs, lowerIsBetter);
  const best = probBest.indexOf(Math.max(...probBest));
  return {
    allocation: thompsonAllocation(probBest, rule),
    probBest,
    expectedLosses,
    best,
    stop: probBest[best]! > stopProbability && expectedLosses[best]! < lossThreshold,
  };
}

function judge(
  beliefs: BanditBeliefs,
  lowerIsBetter: boolean,
): { probBest: number[]; expectedLosses: number[] } {
  if (beliefs.reward === 'rate') {
    const arms = beliefs.arms.map(({ a, b }) => (lowerIsBetter ? { a: b, b: a } : { a, b }));
    return { probBest: probBestOfBetas(arms), expectedLosses: expectedLossesOfBetas(arms) };
  }
  requireDomain(beliefs.reward === 'mean', 'reward', beliefs.reward, 'rate or mean');
  const arms = beliefs.arms.map((arm) => (lowerIsBetter ? { ...arm, mean: -arm.mean } : arm));
  return { probBest: probBestOfMeans(arms), expectedLosses: expectedLossesOfMeans(arms) };
}
