import { momentsOf, type Moments } from '../accumulators/moments.js';
import { requireMoments } from '../accumulators/require-moments.js';
import { requireDomain, StatsError } from '../stats-error.js';
import { requireDistribution } from './allocation.js';

/** One unit of a bandit: the arm it got, its reward, and the logged probabilities of all arms at that moment. */
export interface BanditRow {
  readonly arm: number;
  readonly reward: number;
  readonly propensities: readonly number[];
}

/** A time with constant propensities: these, and the moments of the rewards of each arm in it (n of 0 for none). */
export interface BanditBatch {
  readonly propensities: readonly number[];
  readonly arms: readonly Moments[];
}

/**
 * Rows in the order of assignment gathered into batches: a new one wherever the propensities change.
 *
 * @throws StatsError `STATS_SHAPE` rows of different numbers of arms; `STATS_DOMAIN` an arm that is none, a propensity of
 *   0 or propensities that do not sum to 1, a reward not finite
 */
export function banditBatches(rows: readonly BanditRow[]): BanditBatch[] {
  const gathered: Array<{ propensities: readonly number[]; rewards: number[][] }> = [];
  for (const { arm, reward, propensities } of rows) {
    let batch = gathered.at(-1);
    if (!batch || !same(batch.propensities, propensities)) {
      batch = { propensities, rewards: propensities.map(() => []) };
      gathered.push(batch);
    }
    const rewards = batch.rewards[arm];
    if (!rewards)
      throw new StatsError('STATS_DOMAIN', `arm ${arm} is none of ${propensities.length}`, { arm });
    rewards.push(reward);
  }
  const batches = gathered.map(({ propensities, rewards }) => ({
    propensities,
    arms: rewards.map(momentsOf),
  }));
  requireBatches(batches);
  return batches;
}

/** Throws unless the batches have the same arms, sound moments and propensities above 0 that sum to 1. */
export function requireBatches(batches: readonly BanditBatch[]): void {
  const k = batches[0]?.arms.length ?? 0;
  for (const { propensities, arms } of batches) {
    if (arms.length !== k || propensities.length !== k)
      throw new StatsError(
        'STATS_SHAPE',
        `${arms.length} arms with ${propensities.length} propensities, ${k} expected`,
      );
    requireDistribution(propensities, 'propensity');
    propensities.forEach((p) =>
      requireDomain(p > 0, 'propensity', p, 'above 0: an arm that cannot be drawn cannot be judged'),
    );
    arms.forEach(requireMoments);
  }
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((p, i) => p === b[i]);
