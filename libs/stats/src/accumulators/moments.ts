import { requireDomain, requireFinite } from '../stats-error.js';
import { requireMoments, soundMoments } from './require-moments.js';

/** Count, mean and centred sum of squares M2 = Σ (x − mean)² of one variable. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly m2: number;
}

/** The moments of no observations: the neutral element of `mergeMoments`. */
export const EMPTY_MOMENTS: Moments = { n: 0, mean: 0, m2: 0 };

/**
 * Moments of raw values, in two passes with a correction for the rounding of the mean.
 *
 * Works around the first value, so that thirteen constant leading digits cost nothing (NIST NumAcc4, SmLs09).
 *
 * @throws StatsError `STATS_DOMAIN` a value is not finite, or so large that squares overflow
 * @see Chan, Golub, LeVeque (1983), Algorithms for computing the sample variance, The American Statistician 37
 */
export function momentsOf(values: readonly number[]): Moments {
  const n = values.length;
  if (n === 0) return EMPTY_MOMENTS;
  const shift = values[0]!;
  let sum = 0;
  for (const value of values) sum += value - shift;
  const centre = sum / n;
  let residual = 0;
  let m2 = 0;
  for (const value of values) {
    const d = value - shift - centre;
    residual += d;
    m2 += d * d;
  }
  return soundMoments({
    n,
    mean: shift + (centre + residual / n),
    m2: Math.max(0, m2 - (residual * residual) / n),
  });
}

/** Moments with one more observation (Welford 1962). */
export function addToMoments(moments: Moments, value: number): Moments {
  requireMoments(moments);
  const n = moments.n + 1;
  const d = value - moments.mean;
  const mean = moments.mean + d / n;
  return soundMoments({ n, mean, m2: moments.m2 + Math.max(0, d * (value - mean)) });
}

/** Moments of two disjoint sets together (Chan, Golub, LeVeque); commutative, and associative to rounding. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  requireMoments(a);
  requireMoments(b);
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const d = b.mean - a.mean;
  return soundMoments({ n, mean: a.mean + d * (b.n / n), m2: a.m2 + b.m2 + d * d * ((a.n / n) * b.n) });
}

/**
 * Moments from n, Σx and Σx². Only for sums small enough to be exact: Σx² − (Σx)²/n loses every digit otherwise.
 */
export function momentsFromSums(n: number, sum: number, sumSquares: number): Moments {
  requireMoments({ n, mean: sum, m2: sumSquares });
  if (n === 0) return EMPTY_MOMENTS;
  return soundMoments({ n, mean: sum / n, m2: Math.max(0, sumSquares - (sum * sum) / n) });
}

/** Moments of `successes` ones and n − successes zeros. */
export function momentsOfProportion(successes: number, n: number): Moments {
  requireFinite(n, 'n');
  requireDomain(n >= 0 && successes >= 0 && successes <= n, 'successes', successes, 'between 0 and n =', n);
  return n === 0 ? EMPTY_MOMENTS : { n, mean: successes / n, m2: successes * ((n - successes) / n) };
}

/** Sample variance (n − 1); null when n < 2. */
export function sampleVariance(moments: Moments): number | null {
  requireMoments(moments);
  return moments.n < 2 ? null : moments.m2 / (moments.n - 1);
}
