import type { QuantileEvidence } from '../verdict/types.js';
import { inRange, requireDomain, requireNotNegative } from '../stats-error.js';
import { clusteredIndicatorVariance, type ClusterSums } from './clustered-indicator.js';
import { quantileUnitVariance } from './compare-quantiles.js';
import { requireLevel } from './one-quantile.js';

/**
 * Events of an arm that fell into (lower, upper]; a single point where both are the same.
 *
 * The last two are sums over units, from which the sums of a clustered variance follow at the end of any bin by running
 * totals: with N events of a unit, e of them in this bin and S up to its end, `byUnitEvents` is Σ e N, so that its running
 * total is Σ S N; `squareGrowth` is Σ e (2 S − e) = Σ S² − (S − e)², so that its running total is Σ S².
 */
export interface Bin {
  readonly lower: number;
  readonly upper: number;
  readonly events: number;
  readonly byUnitEvents: number;
  readonly squareGrowth: number;
}

const Z95 = 1.959963984540054;

/**
 * A quantile of an arm's events from fixed bins, with a variance that takes the arm's units as clusters.
 *
 * Within a bin, events are taken as evenly spread: the error of that is a fraction of the bin's width and the same in
 * arms alike. The spread is read off the 95 % order-statistic interval and multiplied by the design effect of the share of
 * events up to the bin's end nearest to the quantile.
 *
 * @param bins  in ascending order, without overlap; those without events may be left out
 * @param units units with events
 * @param nu    level, in (0, 1)
 * @returns null without events; `variance` and `designEffect` are null where they are undefined: too few events beyond the
 *   quantile (n nu or n (1 − nu) ≤ 1.96²), fewer than two units, all events around the quantile at one point
 * @throws StatsError `STATS_DOMAIN` nu outside (0, 1), bins out of order, counts below 0, figures beyond doubles
 * @see Deng, Knoblich, Lu (2018), Applying the delta method in metric analytics, KDD '18
 */
export function binnedQuantile(bins: readonly Bin[], units: number, nu: number): QuantileEvidence | null {
  requireLevel(nu);
  requireNotNegative(units, 'units');
  bins.forEach(({ lower, upper, events, byUnitEvents, squareGrowth }, i) => {
    requireDomain(upper >= lower && upper - lower < Infinity, 'upper', upper, '≥', lower);
    requireNotNegative(events, 'events');
    requireNotNegative(byUnitEvents, 'byUnitEvents');
    requireNotNegative(squareGrowth, 'squareGrowth');
    if (i > 0) requireDomain(lower >= bins[i - 1]!.upper, 'lower', lower, '≥', bins[i - 1]!.upper);
  });
  const n = inRange(
    bins.reduce((sum, { events }) => sum + events, 0),
    'events',
  );
  if (n === 0) return null;
  const reach = Z95 * Math.sqrt(n * nu * (1 - nu));
  const value = valueAt(bins, n * nu);
  const [lower, upper] = [valueAt(bins, n * nu - reach), valueAt(bins, n * nu + reach)];
  const designEffect = designEffectAt(bins, { units, n, nu });
  const arm = { n, nStar: n, quantileHat: value, quantileLower: lower, quantileUpper: upper };
  const unitVariance = designEffect === null ? null : quantileUnitVariance(arm, nu);
  const variance = unitVariance === null ? null : inRange((unitVariance * designEffect!) / n, 'variance');
  return { level: nu, events: n, value, lower, upper, variance, designEffect };
}

/** The value with `rank` events at or below it, a share of one counted as one. */
function valueAt(bins: readonly Bin[], rank: number): number {
  let before = 0;
  let last = bins[0]!.lower;
  for (const { lower, upper, events } of bins) {
    if (events === 0) continue;
    if (rank <= before + events) return lower + (upper - lower) * Math.max(0, (rank - before) / events);
    before += events;
    last = upper;
  }
  return last;
}

interface Size {
  readonly units: number;
  readonly n: number;
  readonly nu: number;
}

/** By how much units that are alike inflate the variance of the share of events below the bin end nearest to nu. */
function designEffectAt(bins: readonly Bin[], { units, n, nu }: Size): number | null {
  const sumNN = bins.reduce((sum, { byUnitEvents }) => sum + byUnitEvents, 0);
  let [sumS, sumSN, sumSS] = [0, 0, 0];
  let best: ClusterSums | null = null;
  for (const bin of bins) {
    sumS += bin.events;
    sumSN += bin.byUnitEvents;
    sumSS += bin.squareGrowth;
    // All events share no variance with anything: the last end says nothing.
    if (sumS === 0 || sumS === n) continue;
    if (best === null || Math.abs(sumS / n - nu) < Math.abs(best.sumS / n - nu))
      best = { clusters: units, sumS, sumSS, sumN: n, sumNN, sumSN };
  }
  const between = best && clusteredIndicatorVariance(best);
  if (!best || !between) return null;
  const share = best.sumS / n;
  return inRange(between / ((share * (1 - share)) / n), 'design effect');
}
