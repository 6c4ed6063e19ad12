import { quantileType1, sortedValues } from '../quantiles/one-quantile.js';
import { requireDomain, requireFinite, StatsError } from '../stats-error.js';

/** When the values were measured from which a threshold was taken. */
export type ThresholdPeriod = 'pre-period' | 'first-day';

/** Limits that extreme values are moved to, in the unit of the values; null leaves that side alone. */
export interface WinsorisationThreshold {
  readonly lower: number | null;
  readonly upper: number | null;
  /** Where the limits come from; null for limits set by hand. */
  readonly source: ThresholdSource | null;
}

/** How many values, of when, and which of their quantiles the limits are. */
export interface ThresholdSource {
  readonly n: number;
  /** null where the caller did not say. */
  readonly period: ThresholdPeriod | null;
  readonly lowerQuantile: number | null;
  readonly upperQuantile: number | null;
}

/** Which quantiles, as fractions; null leaves that side alone. */
export interface WinsorisationOptions {
  /** Default 0.999. */
  readonly upper?: number | null;
  /** Default null. */
  readonly lower?: number | null;
  readonly period?: ThresholdPeriod;
}

/**
 * The limits for a heavy-tailed metric (cost, tokens, mean latency): quantiles of the values of all arms together.
 *
 * Take them once, from a period before assignment or from the first day, and store the result: limits that depend on
 * an arm or are taken again at every look would let the treatment move its own limit. They are observed values (type 1
 * quantiles): at most a share 1 − upper of `values` lies above, and at most a share lower below.
 *
 * @param values one per unit, arms pooled, any order
 * @throws StatsError `STATS_SHAPE` too few values for one of them to lie beyond a quantile (p99.9 needs 1,000);
 *   `STATS_DOMAIN` a value not finite, a quantile outside (0, 1), not lower < upper, no side at all, or so many ties that
 *   the limits would make one value of all (a metric of zeros in more than 99.9 % of the units)
 * @see Dixon (1960), Simplified estimation from censored normal samples, Annals of Mathematical Statistics 31,
 *   doi:10.1214/aoms/1177705900
 */
export function winsorisationThreshold(
  values: readonly number[],
  { upper = 0.999, lower = null, period }: WinsorisationOptions = {},
): WinsorisationThreshold {
  requireQuantiles(lower, upper);
  values.forEach((value) => requireFinite(value, 'value'));
  const needed = Math.max(
    1,
    upper === null ? 0 : unitsBeyond(1 - upper),
    lower === null ? 0 : unitsBeyond(lower),
  );
  if (values.length < needed)
    throw new StatsError('STATS_SHAPE', `${values.length} values, ${needed} needed for these quantiles`, {
      n: values.length,
      needed,
    });
  const sorted = sortedValues(values);
  const high = upper === null ? null : quantileType1(sorted, upper);
  // The mirror of type 1, so that turning the values around turns the limits around.
  const low = lower === null ? null : -quantileType1(sorted.map((value) => -value).reverse(), 1 - lower)!;
  requireSpread(sorted, low, high);
  return {
    lower: low,
    upper: high,
    source: { n: values.length, period: period ?? null, lowerQuantile: lower, upperQuantile: upper },
  };
}

function requireQuantiles(lower: number | null, upper: number | null): void {
  requireDomain(lower !== null || upper !== null, 'upper', upper, 'a quantile where lower is none');
  for (const [name, quantile] of [
    ['lower', lower],
    ['upper', upper],
  ] as const)
    requireDomain(quantile === null || (quantile > 0 && quantile < 1), name, quantile, 'in (0, 1)');
  if (lower !== null && upper !== null) requireDomain(lower < upper, 'lower', lower, 'below upper =', upper);
}

/** Values of which one is expected in a tail; 1 − 0.999 is not exactly a thousandth. */
const unitsBeyond = (tail: number): number => Math.ceil((1 / tail) * (1 - 1e-9));

function requireSpread(sorted: readonly number[], low: number | null, high: number | null): void {
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const from = low ?? least;
  const to = high ?? most;
  requireDomain(
    least === most || from < to,
    'limits',
    `${from}, ${to}`,
    'apart: nearly all values are equal',
  );
}
