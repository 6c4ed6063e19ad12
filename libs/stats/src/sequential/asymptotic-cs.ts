import { inRange, requireAlpha, requireDomain, requirePositive } from '../stats-error.js';

/**
 * Always-valid inference from an asymptotically linear estimate: estimate, standard error and number of units.
 *
 * The asymptotic confidence sequence of Waudby-Smith et al.: valid at every look at once, for any mean-like estimate
 * (difference, lift, ratio, regression-adjusted), once a burn-in has made the normal approximation good.
 * `rho` is the tuning: the sequence is tightest near `nStar` units. Fix it at start; re-tuning loses the guarantee.
 *
 * @see Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2024), Annals of Statistics, arXiv:2103.06476
 */
export interface AlwaysValidPoint {
  readonly estimate: number;
  readonly se: number;
  /** Units over both arms. */
  readonly n: number;
}

/** The tuning ρ of the two-sided sequence that is tightest near `nStar` units at level alpha. */
export function tuneTwoSided(alpha: number, nStar: number): number {
  requireAlpha(alpha);
  requirePositive(nStar, 'nStar');
  const logs = -2 * Math.log(alpha);
  return Math.sqrt((logs + Math.log1p(logs)) / nStar);
}

/** The tuning ρ of the one-sided sequence at one-sided level alpha < ½. */
export function tuneOneSided(alpha: number, nStar: number): number {
  requireDomain(alpha > 0 && alpha < 0.5, 'alpha', alpha, 'in (0, 0.5)');
  return tuneTwoSided(2 * alpha, nStar);
}

/** Half-width of the two-sided sequence at level alpha, in standard errors. */
export function twoSidedRadius(n: number, rho: number, alpha: number): number {
  const t = intrinsicTime(n, rho);
  requireAlpha(alpha);
  return inRange(Math.sqrt((2 + 2 / t) * (0.5 * Math.log1p(t) - Math.log(alpha))), 'radius');
}

/** Distance of the one-sided bound at level alpha from the estimate, in standard errors. */
export function oneSidedRadius(n: number, rho: number, alpha: number): number {
  const t = intrinsicTime(n, rho);
  requireAlpha(alpha);
  return inRange(Math.sqrt((2 + 2 / t) * Math.log1p(Math.sqrt(t + 1) / (2 * alpha))), 'radius');
}

/**
 * ln p of "the estimand is `nullValue`", two-sided, in (−∞, 0].
 *
 * Dual to `twoSidedRadius`: p ≤ alpha exactly when the interval at alpha leaves the null out.
 */
export function twoSidedLogP(point: AlwaysValidPoint, rho: number, nullValue = 0): number {
  return Math.min(0, -twoSidedLogE(point, rho, nullValue));
}

/**
 * ln e of "the estimand is `nullValue`", two-sided: the normal mixture whose level sets are the sequence.
 *
 * p of `twoSidedLogP` is min(1, 1/e). e of one look is what e-BH takes, at any look; below 1 it speaks for the null.
 */
export function twoSidedLogE(point: AlwaysValidPoint, rho: number, nullValue = 0): number {
  const t = intrinsicTime(point.n, rho);
  const z = standardised(point, nullValue);
  const logE = 0.5 * z * z * (t / (t + 1)) - 0.5 * Math.log1p(t);
  return Math.min(logE, Number.MAX_VALUE);
}

/** ln p of "the estimand is ≤ `nullValue`" against greater, in (−∞, 0]; dual to `oneSidedRadius`. */
export function greaterLogP(point: AlwaysValidPoint, rho: number, nullValue = 0): number {
  const t = intrinsicTime(point.n, rho);
  const z = standardised(point, nullValue);
  if (!(z > 0)) return 0;
  const log = 0.5 * z * z * (t / (t + 1));
  const logExpm1 = log > 700 ? log : Math.log(Math.expm1(log));
  return Math.min(0, 0.5 * Math.log1p(t) - Math.LN2 - logExpm1);
}

/** n ρ², the time in which a sequence is as wide everywhere; refused where it is 0 or infinite. */
function intrinsicTime(n: number, rho: number): number {
  requirePositive(n, 'n');
  requirePositive(rho, 'rho');
  const t = n * rho * rho;
  requirePositive(t, 'n rho²');
  return t;
}

function standardised({ estimate, se }: AlwaysValidPoint, nullValue: number): number {
  requirePositive(se, 'se');
  return inRange(estimate - nullValue, 'estimate') / se;
}
