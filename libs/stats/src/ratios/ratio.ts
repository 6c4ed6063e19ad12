import { requireArmMoments } from '../accumulators/arm-moments.js';
import type { ArmMoments } from '../verdict/types.js';

/** A ratio of totals over units and its per-unit variance (delta method). */
export interface RatioEstimate {
  readonly ratio: number;
  /** Unit variance; the variance of the ratio is this over n. */
  readonly variance: number;
  readonly se: number;
}

/**
 * Σ numerator / Σ denominator with units as clusters.
 *
 * Unit variance = var(m)/d̄² + R² var(d)/d̄² − 2R cov(m, d)/d̄². Treating the events as independent instead understates
 * the error: 22 % false alarms where this gives 5 %.
 *
 * @returns null when undefined: fewer than two units, no denominator moments, denominators that sum to 0 or so near to it
 *   that the ratio is beyond the range of doubles
 * @throws StatsError `STATS_DOMAIN` n or an M2 negative, a figure not finite
 * @see Deng, Knoblich, Lu (2018), Applying the delta method in metric analytics, KDD '18
 */
export function ratioEstimate(moments: ArmMoments): RatioEstimate | null {
  requireArmMoments(moments);
  const { n, denominator } = moments;
  if (n < 2 || !denominator || denominator.mean === 0) return null;
  const ratio = moments.mean / denominator.mean;
  const sum = moments.m2 + ratio * ratio * denominator.m2 - 2 * ratio * denominator.comoment;
  const variance = Math.max(0, sum) / (n - 1) / denominator.mean / denominator.mean;
  if (!Number.isFinite(variance) || !Number.isFinite(ratio)) return null;
  return { ratio, variance, se: Math.sqrt(variance / n) };
}
