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
  // t²/df = y/x with y ~ Beta(½, df/2), whose upper tail holds both tails of t.
  const size = Math.sqrt(df) * Math.exp(betaLogit(0.5, df / 2, 2 * tail, 'upper', firstGuess(tail, df)) / 2);
  return p < 0.5 ? -size : size;
}

/**
 * ln(t²/df) by the Cornish–Fisher expansion where it is close, which spares most of the search.
 *
 * @see Abramowitz and Stegun 26.7.5
 */
function firstGuess(tail: number, df: number): number | undefined {
  const z = -normalQuantile(tail);
  const z2 = z * z;
  if (z2 > df || tail > 0.4) return undefined;
  const t = z + (z * (z2 + 1)) / (4 * df) + (z * (5 * z2 * z2 + 16 * z2 + 3)) / (96 * df * df);
  return Math.log((t * t) / df);
}

/** The t with P(T > t) = q of Student's t. */
export const studentTIsf = (q: number, df: number): number => -studentTQuantile(q, df);
