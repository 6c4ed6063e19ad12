import { deltaLift } from '../lift/relative-lift.js';
import { testEstimate, welchDf, type TwoMeansTest } from '../means/two-means.js';
import { inRange, requireDomain, requireFinite, requireNotNegative } from '../stats-error.js';
import { clusteredIndicatorVariance, type ClusterSums } from './clustered-indicator.js';
import { requireLevel } from './one-quantile.js';

/** A quantile of one arm with the bounds of its 95 % order-statistic interval, whatever alpha is. */
export interface QuantileArm {
  /** Events. */
  readonly n: number;
  /** Events the two bounds were evaluated at. */
  readonly nStar: number;
  readonly quantileHat: number;
  readonly quantileLower: number;
  readonly quantileUpper: number;
  /** For events nested in units: their sums; the variance is multiplied by the design effect. */
  readonly clustered?: ClusterSums;
}

/** Difference and lift of two quantiles, by t with Welch's degrees of freedom over events. */
export interface QuantileComparison {
  readonly unitVariance: readonly [number, number];
  readonly absolute: { readonly estimate: number; readonly test: TwoMeansTest };
  /** null when the control's quantile is 0. */
  readonly relative: { readonly estimate: number; readonly test: TwoMeansTest } | null;
}

const Z95 = 1.959963984540054;
const SMALLEST_VARIANCE = 1e-5;

/**
 * Compares the nu-quantiles of two arms; a quantile's spread is read off its order-statistic interval.
 *
 * Events of one unit are alike: without `clustered` the test is only right for one event per unit (25 % false alarms at
 * p95 otherwise). From 100 events on a unit variance below 1e-5 counts as 1e-5, against bounds rounded together.
 *
 * @returns null when undefined: in an arm n ≤ z² nu/(1 − nu) or n ≤ z² (1 − nu)/nu with z = 1.96, both bounds equal, or
 *   no variance between units
 * @throws StatsError `STATS_DOMAIN` nu or alpha outside (0, 1), upper below lower
 * @see Deng, Knoblich, Lu (2018), KDD '18
 */
export function compareQuantiles(
  control: QuantileArm,
  treatment: QuantileArm,
  nu: number,
  alpha: number,
): QuantileComparison | null {
  requireLevel(nu);
  const variances = [unitVariance(control, nu), unitVariance(treatment, nu)];
  const [u1, u2] = variances;
  if (u1 === null || u2 === null || u1 === undefined || u2 === undefined) return null;
  const [v1, v2] = [u1 / control.n, u2 / treatment.n];
  const df = welchDf(v1, control.n, v2, treatment.n);
  const estimate = treatment.quantileHat - control.quantileHat;
  const lift = deltaLift({
    mean1: control.quantileHat,
    variance1: v1,
    mean2: treatment.quantileHat,
    variance2: v2,
  });
  return {
    unitVariance: [u1, u2],
    absolute: { estimate, test: testEstimate(estimate, Math.sqrt(v1 + v2), df, alpha) },
    relative:
      lift && lift.se > 0 ? { estimate: lift.lift, test: testEstimate(lift.lift, lift.se, df, alpha) } : null,
  };
}

/** n times the variance of the quantile; null where it is undefined. */
function unitVariance(arm: QuantileArm, nu: number): number | null {
  const { n, clustered } = arm;
  const iid = quantileUnitVariance(arm, nu);
  if (iid === null) return null;
  const between = clustered ? clusteredIndicatorVariance(clustered) : null;
  if (clustered && !between) return null;
  const variance = between === null ? iid : (iid * between) / ((nu * (1 - nu)) / n);
  return n < 100 ? inRange(variance, 'variance') : Math.max(inRange(variance, 'variance'), SMALLEST_VARIANCE);
}

/**
 * n times the variance of a quantile of independent events, read off its order-statistic interval.
 *
 * @returns null where it is undefined: too few events beyond the quantile, or both bounds equal
 */
export function quantileUnitVariance(arm: QuantileArm, nu: number): number | null {
  const { n, nStar, quantileLower, quantileUpper } = arm;
  requireLevel(nu);
  requireNotNegative(n, 'n');
  requireNotNegative(nStar, 'nStar');
  requireFinite(arm.quantileHat, 'quantileHat');
  requireDomain(quantileUpper >= quantileLower, 'quantileUpper', quantileUpper, '≥', quantileLower);
  const odds = nu / (1 - nu);
  if (n <= Z95 * Z95 * Math.max(odds, 1 / odds) || quantileUpper === quantileLower) return null;
  const sd = (quantileUpper - quantileLower) / (2 * Z95);
  return inRange((nStar / n) * (n - 1) * sd * sd, 'variance');
}
