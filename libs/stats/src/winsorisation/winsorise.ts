import { requireDomain, requireFinite } from '../stats-error.js';
import type { WinsorisationThreshold } from './threshold.js';

/** Values within limits, and how many were moved there. */
export interface Winsorised {
  /** As long and in the order of the values given. */
  readonly values: readonly number[];
  readonly n: number;
  readonly moved: { readonly below: number; readonly above: number };
  /** Moved values over all, in [0, 1]; null without values. */
  readonly share: number | null;
}

type Limits = Pick<WinsorisationThreshold, 'lower' | 'upper'>;

/**
 * One value moved to the nearer limit when it lies beyond; for a stream of units that are not kept.
 *
 * @throws StatsError `STATS_DOMAIN` the value or a limit not finite, lower limit above the upper
 */
export function winsoriseValue(value: number, limits: Limits): number {
  requireLimits(limits);
  return within(value, limits);
}

/**
 * Values moved to the limits of a threshold, the same limits for every arm. A value at a limit is not moved.
 *
 * The mean that is estimated afterwards is that of the winsorised metric, a smaller one than the raw mean where the
 * tail is long: report the raw mean too, and a share moved that differs between arms as a finding of its own.
 *
 * @throws StatsError `STATS_DOMAIN` a value or a limit not finite, lower limit above the upper
 */
export function winsorise(values: readonly number[], limits: Limits): Winsorised {
  requireLimits(limits);
  const { lower, upper } = limits;
  const moved = {
    below: lower === null ? 0 : values.filter((value) => value < lower).length,
    above: upper === null ? 0 : values.filter((value) => value > upper).length,
  };
  const n = values.length;
  return {
    values: values.map((value) => within(value, limits)),
    n,
    moved,
    share: n === 0 ? null : (moved.below + moved.above) / n,
  };
}

function within(value: number, { lower, upper }: Limits): number {
  requireFinite(value, 'value');
  if (upper !== null && value > upper) return upper;
  return lower !== null && value < lower ? lower : value;
}

function requireLimits({ lower, upper }: Limits): void {
  if (lower !== null) requireFinite(lower, 'lower');
  if (upper !== null) requireFinite(upper, 'upper');
  if (lower !== null && upper !== null) requireDomain(lower <= upper, 'lower', lower, '≤ upper =', upper);
}
