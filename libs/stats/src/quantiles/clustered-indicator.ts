import { pairMomentsFromSums, pairMomentsOf, type PairMoments } from '../accumulators/pair-moments.js';
import { inRange } from '../stats-error.js';
import { quantileType1, requireLevel, sortedValues } from './one-quantile.js';

/** Sums over units of S, a unit's events at or below the quantile, and N, its events. */
export interface ClusterSums {
  readonly clusters: number;
  readonly sumS: number;
  readonly sumSS: number;
  readonly sumN: number;
  readonly sumNN: number;
  readonly sumSN: number;
}

/**
 * Variance of ΣS/ΣN with units as clusters: the share of events at or below the quantile, by the delta method.
 *
 * @returns null when undefined: fewer than two units, or no event
 * @see Deng, Knoblich, Lu (2018), Applying the delta method in metric analytics, KDD '18
 */
export function clusteredIndicatorVariance(sums: ClusterSums): number | null {
  return indicatorVariance(
    pairMomentsFromSums({
      n: sums.clusters,
      x: sums.sumS,
      y: sums.sumN,
      xx: sums.sumSS,
      yy: sums.sumNN,
      xy: sums.sumSN,
    }),
  );
}

function indicatorVariance({ n, x, y, comoment }: PairMoments): number | null {
  if (n < 2 || !(y.mean > 0)) return null;
  const share = x.mean / y.mean;
  const sum = Math.max(0, x.m2 - 2 * share * comoment + share * share * y.m2);
  return inRange(sum / (n - 1) / n / y.mean / y.mean, 'variance');
}

/** A quantile of events nested in units, and how much the nesting inflates its variance. */
export interface ClusteredQuantile extends ClusterSums {
  readonly quantileType1: number;
  /** Events. */
  readonly n: number;
  readonly clusterVarianceOfIndicatorMean: number;
  readonly iidVarianceOfIndicatorMean: number;
  /** Their ratio; multiply the variance of an order-statistic interval by it. */
  readonly designEffect: number;
}

/**
 * Sums and design effect at the type-1 quantile of all events.
 *
 * @param units events of each unit
 * @returns null when undefined: fewer than two units, or no event
 */
export function clusteredQuantile(
  units: ReadonlyArray<readonly number[]>,
  nu: number,
): ClusteredQuantile | null {
  requireLevel(nu);
  const quantile = quantileType1(sortedValues(units.flat()), nu);
  if (quantile === null) return null;
  const s = units.map((events) => events.filter((event) => event <= quantile).length);
  const n = units.map((events) => events.length);
  const clusterVariance = indicatorVariance(pairMomentsOf(s, n));
  if (clusterVariance === null) return null;
  const product = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const events = n.reduce((sum, value) => sum + value, 0);
  const iid = (nu * (1 - nu)) / events;
  return {
    quantileType1: quantile,
    n: events,
    clusters: units.length,
    sumS: s.reduce((sum, value) => sum + value, 0),
    sumSS: product(s, s),
    sumN: events,
    sumNN: product(n, n),
    sumSN: product(s, n),
    clusterVarianceOfIndicatorMean: clusterVariance,
    iidVarianceOfIndicatorMean: iid,
    designEffect: inRange(clusterVariance / iid, 'design effect'),
  };
}
