import { binomialCdf, binomialSf } from '../distributions/binomial.js';
import { normalIsf } from '../distributions/normal.js';
import { requireAlpha, requireDomain } from '../stats-error.js';

/** An interval between order statistics; indices count from 1, null is an end without one (unbounded). */
export interface OrderStatisticInterval {
  readonly lowerIndex: number | null;
  readonly upperIndex: number | null;
  readonly ci: readonly [number | null, number | null];
}

/** Ascending copy; NaN is refused because it has no place in an order. */
export function sortedValues(values: readonly number[]): number[] {
  values.forEach((value) => requireDomain(!Number.isNaN(value), 'value', value, 'a number'));
  return [...values].sort((a, b) => a - b);
}

/** Quantile by linear interpolation at (n − 1) nu (type 7, the default of R and NumPy); null without values. */
export function quantileType7(sorted: readonly number[], nu: number): number | null {
  requireLevel(nu);
  if (sorted.length === 0) return null;
  const at = (sorted.length - 1) * nu;
  const below = Math.floor(at);
  const low = sorted[below]!;
  const share = at - below;
  if (share === 0) return low;
  const gap = sorted[below + 1]! - low;
  return Number.isFinite(gap) ? low + share * gap : (1 - share) * low + share * sorted[below + 1]!;
}

/** The smallest value with at least nu of the values at or below it (type 1); null without values. */
export function quantileType1(sorted: readonly number[], nu: number): number | null {
  requireLevel(nu);
  const n = sorted.length;
  return n === 0 ? null : sorted[Math.max(1, Math.ceil(n * nu * (1 - 2 * Number.EPSILON))) - 1]!;
}

/**
 * Interval of a quantile by the normal approximation of the binomial; indices are clipped to [1, n].
 *
 * `reliable` is false where they had to be: too few values beyond the quantile for such an interval.
 */
export function quantileIntervalNormal(
  sorted: readonly number[],
  nu: number,
  alpha: number,
): (OrderStatisticInterval & { readonly reliable: boolean }) | null {
  requireLevel(nu);
  requireAlpha(alpha);
  const n = sorted.length;
  if (n === 0) return null;
  const reach = normalIsf(alpha / 2) * Math.sqrt(n * nu * (1 - nu));
  const low = Math.floor(n * nu - reach);
  const high = Math.ceil(n * nu + reach) + 1;
  const clip = (index: number): number => Math.min(n, Math.max(1, index));
  const [lowerIndex, upperIndex] = [clip(low), clip(high)];
  return {
    lowerIndex,
    upperIndex,
    ci: [sorted[lowerIndex - 1]!, sorted[upperIndex - 1]!],
    reliable: low >= 1 && high <= n,
  };
}

/**
 * Exact interval of a quantile from the binomial: each end misses with at most alpha/2, and `coverage` is what the two
 * hold together for a continuous distribution (more with ties).
 */
export function quantileIntervalExact(
  sorted: readonly number[],
  nu: number,
  alpha: number,
): (OrderStatisticInterval & { readonly coverage: number }) | null {
  requireLevel(nu);
  requireAlpha(alpha);
  const n = sorted.length;
  if (n === 0) return null;
  const half = alpha / 2;
  // l − 1 is the last count whose lower tail is small enough; u the first whose upper tail is.
  const l = 1 + lastHolding(n, (k) => binomialCdf(k, n, nu) <= half);
  const u = 1 + lastHolding(n, (k) => binomialSf(k - 1, n, nu) > half);
  const lowerIndex = l >= 1 ? l : null;
  const upperIndex = u <= n ? u : null;
  const below = lowerIndex === null ? 0 : binomialCdf(lowerIndex - 1, n, nu);
  const above = upperIndex === null ? 0 : binomialSf(upperIndex - 1, n, nu);
  return {
    lowerIndex,
    upperIndex,
    ci: [
      lowerIndex === null ? null : sorted[lowerIndex - 1]!,
      upperIndex === null ? null : sorted[upperIndex - 1]!,
    ],
    coverage: Math.max(0, 1 - below - above),
  };
}

export function requireLevel(nu: number): void {
  requireDomain(nu > 0 && nu < 1, 'nu', nu, 'in (0, 1)');
}

/** The last k in −1 … n for which a condition holds that holds up to some k; −1 where it holds for none. */
function lastHolding(n: number, holds: (k: number) => boolean): number {
  let low = -1;
  let high = n + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
