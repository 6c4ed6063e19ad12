import { incompleteBeta } from '../special/incomplete-beta.js';
import { logBeta } from '../special/stirling.js';
import { requireDomain, requireProbability } from '../stats-error.js';
import { betaLogit } from './beta.js';
import { normalLogSf, normalQuantile } from './normal.js';

/** Beyond this t and normal agree to double precision; the beta fraction would need a million terms. */
const NORMAL_FROM = 1e15;

/** ln P(T > t) of Student's t with df ≥ 10⁻⁶ (not necessarily whole; Infinity is the normal). */
export function studentTLogSf(t: number, df: number): number {
  requireDegrees(df);
  if (df > NORMAL_FROM) return normalLogSf(t);
  const size = Math.abs(t) / Math.sqrt(df);
  if (size > 1e100) {
    // t² would overflow; the first term of the tail's series is exact here.
    const logFar = -df * Math.log(size) - Math.log(df) - logBeta(df / 2, 0.5);
    return t > 0 ? logFar : Math.log1p(-Math.exp(logFar));
  }
  const t2 = t * t;
  // With t² or df huge one of the shares underflows to 0 or 1; dividing the larger keeps the other exact.
  const x = t2 > df ? df / t2 / (1 + df / t2) : 1 / (1 + t2 / df);
  const y = t2 > df ? 1 / (1 + df / t2) : t2 / df / (1 + t2 / df);
  const { logLower } = incompleteBeta(df / 2, 0.5, x, y);
  const logHalf = logLower - Math.LN2;
  return t >= 0 ? logHalf : Math.log1p(-Math.exp(logHalf));
}

/** Throws `STATS_DOMAIN` unless df ≥ 10⁻⁶: below, t has no probability within the range of doubles. */
function requireDegrees(df: number): void {
  requireDomain(df >= 1e-6, 'df', df, 'at least 1e-6');
}

/** ln P(T ≤ t) of Student's t. */
export const studentTLogCdf = (t: number, df: number): number => studentTLogSf(-t, df);

/** P(T > t) of Student's t. */
export const studentTSf = (t: number, df: number): number => Math.exp(studentTLogSf(t, df));

/** P(T ≤ t) of Student's t. */
export const studentTCdf = (t: number, df: number): number => Math.exp(studentTLogSf(-t, df));

/** The t with P(T ≤ t) = p of Student's t, p in [0, 1]. */
export function studentTQuantile(p: number, df: number): number {
  requireProbability(p);
  requireDegrees(df);
  if (df > NORMAL_FROM) return normalQuantile(p);
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  const z = -normalQuantile(tail);
  // From here on the next term of the expansion is below 2e-17 of t, whatever the tail.
  const settled = df >= 500 && z * z * 130 <= df;
  const size = settled ? cornishFisher(z, df) : searched(tail, df, z);
  return p < 0.5 ? -size : size;
}

/** By the beta distribution: t²/df = y/x with y ~ Beta(½, df/2), whose upper tail holds both tails of t. */
function searched(tail: number, df: number, z: number): number {
  // Where the expansion is close it spares most of the search.
  const near = z * z <= df && tail <= 0.4;
  const start = near ? 2 * Math.log(cornishFisher(z, df)) - Math.log(df) : undefined;
  return Math.sqrt(df) * Math.exp(betaLogit(0.5, df / 2, 2 * tail, 'upper', start) / 2);
}

/**
 * t from the normal quantile z of the same tail, up to df⁻⁵.
 *
 * @see Abramowitz and Stegun 26.7.5; Fisher and Cornish (1960), Technometrics 2, for the last term
 */
function cornishFisher(z: number, df: number): number {
  const s = z * z;
  const g1 = (s + 1) / 4;
  const g2 = ((5 * s + 16) * s + 3) / 96;
  const g3 = (((3 * s + 19) * s + 17) * s - 15) / 384;
  const g4 = ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92_160;
  const g5 = (((((27 * s + 339) * s + 930) * s - 1782) * s - 765) * s + 17_955) / 368_640;
  return z + (z * (g1 + (g2 + (g3 + (g4 + g5 / df) / df) / df) / df)) / df;
}

/** The t with P(T > t) = q of Student's t. */
export const studentTIsf = (q: number, df: number): number => -studentTQuantile(q, df);
