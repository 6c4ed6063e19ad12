import { chiSquaredLogSf } from '../distributions/chi-squared.js';
import { inRange, requireDomain, StatsError } from '../stats-error.js';

/** Pearson's goodness of fit of a split. */
export interface SrmFixed {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
  readonly logP: number;
  /** Units were seen in an arm of weight 0. */
  readonly impossible: boolean;
}

/**
 * Sample-ratio-mismatch test: Pearson's chi-squared of arriving units against the planned split.
 *
 * Assumes units are independent and the weights were fixed in advance; for continuous monitoring use `srmLogE`.
 * An arm of weight 0 without units is left out; with units the split is impossible and p = 0. Fewer than two arms with
 * positive weight, or no units: p = 1.
 *
 * @param counts units per arm, k ≥ 1 non-negative numbers
 * @param weights relative planned weight per arm, k non-negative numbers
 * @throws StatsError `STATS_SHAPE` lengths differ; `STATS_DOMAIN` a count or weight is negative or not finite
 * @see Fabijan et al. (2019), Diagnosing Sample Ratio Mismatch, KDD '19, doi:10.1145/3292500.3330722
 */
export function srmFixed(counts: readonly number[], weights: readonly number[]): SrmFixed {
  const split = plannedSplit(counts, weights);
  if (split.impossible) return { statistic: Infinity, df: split.df, p: 0, logP: -Infinity, impossible: true };
  const n = inRange(
    split.counts.reduce((sum, count) => sum + count, 0),
    'sum of counts',
  );
  if (split.df === 0 || n === 0) return { statistic: 0, df: split.df, p: 1, logP: 0, impossible: false };
  const statistic = split.counts.reduce((sum, count, i) => {
    const expected = n * split.shares[i]!;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  inRange(statistic, 'statistic');
  const logP = chiSquaredLogSf(statistic, split.df);
  return { statistic, df: split.df, p: Math.exp(logP), logP, impossible: false };
}

/** Counts and shares of the arms with positive weight. */
export interface PlannedSplit {
  readonly counts: readonly number[];
  readonly shares: readonly number[];
  readonly df: number;
  readonly impossible: boolean;
}

/** Checks counts against weights and leaves out the arms of weight 0. */
export function plannedSplit(counts: readonly number[], weights: readonly number[]): PlannedSplit {
  if (counts.length !== weights.length || counts.length === 0) {
    throw new StatsError('STATS_SHAPE', `${counts.length} counts for ${weights.length} weights`);
  }
  for (const value of [...counts, ...weights]) {
    if (!(value >= 0 && value < Infinity)) {
      throw new StatsError('STATS_DOMAIN', `counts and weights must be finite and ≥ 0, got ${value}`);
    }
  }
  const live = counts.map((_, i) => i).filter((i) => weights[i]! > 0);
  const total = inRange(
    live.reduce((sum, i) => sum + weights[i]!, 0),
    'sum of weights',
  );
  // A share that rounds to nothing would make units impossible where the plan has them.
  live.forEach((i) =>
    requireDomain(weights[i]! / total > 1e-300, 'weight', weights[i], 'a share of the whole'),
  );
  return {
    counts: live.map((i) => counts[i]!),
    shares: live.map((i) => weights[i]! / total),
    df: Math.max(0, live.length - 1),
    impossible: counts.some((count, i) => count > 0 && weights[i] === 0),
  };
}
