import { normalIsf, normalSf } from '../distributions/normal.js';
import { requireAlpha, requireFinite, requireNotNegative } from '../stats-error.js';
import { testEstimate, type TwoMeansTest } from '../means/two-means.js';

/** Two means with the variances of those means (unit variance over n). */
export interface MeanPair {
  readonly mean1: number;
  readonly variance1: number;
  readonly mean2: number;
  readonly variance2: number;
}

/**
 * Lift (mean2 − mean1)/|mean1| and its delta-method standard error; null when mean1 = 0, or so near to it that the lift
 * or its error is beyond the range of doubles.
 *
 * @throws StatsError `STATS_DOMAIN` a mean is not finite, a variance negative or not finite
 */
export function deltaLift(pair: MeanPair): { lift: number; se: number } | null {
  requirePair(pair);
  const base = Math.abs(pair.mean1);
  if (base === 0) return null;
  const share = pair.mean2 / base;
  const se = Math.sqrt(pair.variance2 + pair.variance1 * share * share) / base;
  const lift = (pair.mean2 - pair.mean1) / base;
  return Number.isFinite(lift) && Number.isFinite(se) ? { lift, se } : null;
}

/** Test of lift = 0 with the delta-method error, referred to t with df or, at Infinity, to the normal. */
export function deltaLiftTest(pair: MeanPair, df: number, alpha: number): TwoMeansTest | null {
  const lift = deltaLift(pair);
  return lift && lift.se > 0 ? testEstimate(lift.lift, lift.se, df, alpha) : null;
}

/** The lift by way of the log ratio. */
export interface LogRatioLift {
  readonly logRatio: number;
  readonly se: number;
  readonly ciLift: readonly [number, number];
  readonly p: number;
}

/**
 * ln(mean2/mean1) with its delta error, the interval turned back into lift; null unless both means are positive and their
 * ratio is within the range of doubles.
 *
 * @throws StatsError `STATS_DOMAIN` as `deltaLift`; alpha outside (0, 1)
 */
export function logRatioLift(pair: MeanPair, alpha: number): LogRatioLift | null {
  requireAlpha(alpha);
  requirePair(pair);
  const { mean1, variance1, mean2, variance2 } = pair;
  if (!(mean1 > 0 && mean2 > 0)) return null;
  const se = Math.hypot(Math.sqrt(variance1) / mean1, Math.sqrt(variance2) / mean2);
  if (!(se > 0 && se < Infinity)) return null;
  const logRatio = Math.log(mean2 / mean1);
  const half = normalIsf(alpha / 2) * se;
  if (!(Math.expm1(logRatio - half) < Infinity && logRatio > -Infinity)) return null;
  return {
    logRatio,
    se,
    ciLift: [Math.expm1(logRatio - half), Math.expm1(logRatio + half)],
    p: Math.min(1, 2 * normalSf(Math.abs(logRatio) / se)),
  };
}

function requirePair({ mean1, variance1, mean2, variance2 }: MeanPair): void {
  requireFinite(mean1, 'mean1');
  requireFinite(mean2, 'mean2');
  requireNotNegative(variance1, 'variance1');
  requireNotNegative(variance2, 'variance2');
}
