import { inRange, requireFinite, requireNotNegative, requirePositive } from '../stats-error.js';

/** A two-sided CUSUM over a stream. */
export interface CusumPath {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  /** 1-based index of the first value at which either sum exceeds h; null when none does. */
  readonly alarmIndex: number | null;
}

/**
 * Two-sided CUSUM of z = (x − mu0)/sigma: sums that grow when z stays above k or below −k, and never fall under 0.
 *
 * k = 0.5 and h = 5 look for a shift of one sigma and give a false alarm in 465 values on average.
 *
 * @throws StatsError `STATS_DOMAIN` sigma not positive, k or h negative, a figure not finite, sums beyond doubles
 * @see Page (1954), Biometrika 41
 */
export function cusumPath(
  x: readonly number[],
  { mu0, sigma, k, h }: { mu0: number; sigma: number; k: number; h: number },
): CusumPath {
  requireFinite(mu0, 'mu0');
  requirePositive(sigma, 'sigma');
  requireNotNegative(k, 'k');
  requireNotNegative(h, 'h');
  const upper: number[] = [];
  const lower: number[] = [];
  x.forEach((value, i) => {
    const z = (value - mu0) / sigma;
    upper.push(inRange(Math.max(0, (upper[i - 1] ?? 0) + z - k), 'sum'));
    lower.push(inRange(Math.max(0, (lower[i - 1] ?? 0) - z - k), 'sum'));
  });
  return { upper, lower, alarmIndex: firstAbove(h, upper, lower) };
}

/** Page-Hinkley statistics of a stream, for increases and decreases of its mean. */
export interface PageHinkleyPath {
  readonly increase: readonly number[];
  readonly decrease: readonly number[];
  readonly alarmIncrease: number | null;
  readonly alarmDecrease: number | null;
}

/**
 * Page-Hinkley: drift of a stream whose level and scale are not known beforehand.
 *
 * Sums distances from the running mean (the value itself included) less delta, and alarms when the sum is more than
 * lambda away from its extreme so far, the start at 0 included.
 *
 * @throws StatsError `STATS_DOMAIN` delta or lambda negative, a figure not finite, sums beyond doubles
 */
export function pageHinkleyPath(
  x: readonly number[],
  { delta, lambda }: { delta: number; lambda: number },
): PageHinkleyPath {
  requireNotNegative(delta, 'delta');
  requireNotNegative(lambda, 'lambda');
  const increase: number[] = [];
  const decrease: number[] = [];
  let [sum, up, down, lowest, highest] = [0, 0, 0, 0, 0];
  x.forEach((value, i) => {
    sum += value;
    const away = value - sum / (i + 1);
    up += away - delta;
    down += away + delta;
    lowest = Math.min(lowest, up);
    highest = Math.max(highest, down);
    increase.push(inRange(up - lowest, 'sum'));
    decrease.push(inRange(highest - down, 'sum'));
  });
  return {
    increase,
    decrease,
    alarmIncrease: firstAbove(lambda, increase),
    alarmDecrease: firstAbove(lambda, decrease),
  };
}

function firstAbove(limit: number, ...paths: ReadonlyArray<readonly number[]>): number | null {
  const index = paths[0]!.findIndex((_, i) => paths.some((path) => path[i]! > limit));
  return index < 0 ? null : index + 1;
}
