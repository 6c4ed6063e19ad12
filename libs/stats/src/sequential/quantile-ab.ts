import { sortedValues, requireLevel } from '../quantiles/one-quantile.js';
import { betaBinomialLogMixture, type BoundedTuning } from './uniform-boundaries.js';

/**
 * Always-valid two-sided p of "both arms have one nu-quantile", any distributions; take the running minimum over looks.
 *
 * For every common value the evidence of both arms against it multiplies; p is what the most favourable value leaves.
 *
 * @param tOpt observations per arm at which it is tightest; fix it at start
 * @returns 1 when an arm is empty
 * @throws StatsError `STATS_DOMAIN` nu outside (0, 1), a value is NaN
 * @see Howard, Ramdas (2022), Sequential estimation of quantiles, Bernoulli 28
 */
export function quantileAbP(
  a: readonly number[],
  b: readonly number[],
  { nu, tOpt, alphaOpt = 0.05 }: { nu: number; tOpt: number; alphaOpt?: number },
): number {
  requireLevel(nu);
  const tuning = { vOpt: tOpt * nu * (1 - nu), alphaOpt, g: nu, h: 1 - nu };
  const arms = [a, b].map((values) => armEvidence(sortedValues(values), nu, tuning));
  if (a.length === 0 || b.length === 0) return 1;
  let least = Infinity;
  for (const value of [...a, ...b]) least = Math.min(least, arms[0]!(value) + arms[1]!(value));
  return Math.min(1, Math.exp(-least));
}

/** ln of the evidence of one arm against "the quantile is x": at the share below x that fits it best. */
function armEvidence(sorted: readonly number[], nu: number, tuning: BoundedTuning): (x: number) => number {
  const n = sorted.length;
  const at = (share: number): number => betaBinomialLogMixture((share - nu) * n, nu * (1 - nu) * n, tuning);
  const best = minimum(at);
  return (x) => {
    // With ties any share between "below" and "at or below" is possible.
    const atOrBelow = countWhile(sorted, (value) => value <= x) / n;
    const below = countWhile(sorted, (value) => value < x) / n;
    return at(Math.min(Math.max(best, below), atOrBelow));
  };
}

/** How many of the first values, up to the first that fails. */
function countWhile(sorted: readonly number[], holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a convex function on [0, 1] is smallest, by golden sections. */
function minimum(f: (x: number) => number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (f(left) <= f(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
