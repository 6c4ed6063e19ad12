import { betaIsf, betaQuantile } from '../distributions/beta.js';
import { normalIsf } from '../distributions/normal.js';
import { requireAlpha, requireDomain } from '../stats-error.js';

/** Ends of an interval. */
export type Ends = readonly [number, number];

/**
 * Wilson's score interval of one proportion, no continuity correction, at level 1 − alpha; inside [0, 1].
 *
 * @see Wilson (1927); Brown, Cai, DasGupta (2001), Interval estimation for a binomial proportion
 */
export function wilsonInterval(x: number, n: number, alpha: number): Ends {
  requireTrials(x, n, alpha);
  const z = normalIsf(alpha / 2);
  const z2 = z * z;
  const centre = x + z2 / 2;
  const half = z * Math.sqrt((x * (n - x)) / n + z2 / 4);
  return [
    x === 0 ? 0 : Math.max(0, (centre - half) / (n + z2)),
    x === n ? 1 : Math.min(1, (centre + half) / (n + z2)),
  ];
}

/** Agresti and Coull's interval: Wald around the centre of Wilson's. Not clipped: it can leave [0, 1]. */
export function agrestiCoullInterval(x: number, n: number, alpha: number): Ends {
  requireTrials(x, n, alpha);
  const z = normalIsf(alpha / 2);
  const trials = n + z * z;
  // Above 1 by rounding only.
  const p = Math.min(1, (x + (z * z) / 2) / trials);
  const half = z * Math.sqrt((p * (1 - p)) / trials);
  return [p - half, p + half];
}

/** Clopper and Pearson's exact interval of one proportion. */
export function clopperPearsonInterval(x: number, n: number, alpha: number): Ends {
  requireTrials(x, n, alpha);
  return [
    x === 0 ? 0 : betaQuantile(alpha / 2, x, n - x + 1),
    x === n ? 1 : betaIsf(alpha / 2, x + 1, n - x),
  ];
}

/** One-sided exact lower bound of a proportion at level 1 − alpha. */
export function clopperPearsonLower(x: number, n: number, alpha: number): number {
  requireTrials(x, n, alpha);
  return x === 0 ? 0 : betaQuantile(alpha, x, n - x + 1);
}

/** Jeffreys' equal-tailed credible interval of one proportion, prior Beta(½, ½). */
export function jeffreysInterval(x: number, n: number, alpha: number): Ends {
  requireTrials(x, n, alpha);
  const ends = [betaQuantile(alpha / 2, x + 0.5, n - x + 0.5), betaIsf(alpha / 2, x + 0.5, n - x + 0.5)];
  // At levels next to 0 both ends are the median, in either order of their rounding.
  return [Math.min(...ends), Math.max(...ends)];
}

/** Throws `STATS_DOMAIN` unless n lies in [1, 10¹⁵], 0 ≤ x ≤ n and alpha in (0, 1). */
export function requireTrials(x: number, n: number, alpha: number): void {
  requireDomain(n >= 1 && n <= 1e15, 'n', n, 'in [1, 1e15]');
  requireDomain(x >= 0 && x <= n, 'x', x, 'between 0 and n =', n);
  requireAlpha(alpha);
}
