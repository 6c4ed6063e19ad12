import { incompleteBeta } from '../special/incomplete-beta.js';
import type { LogTails } from '../special/incomplete-gamma.js';
import { deviance, stirlingError } from '../special/stirling.js';
import { requireDomain, requireProbability } from '../stats-error.js';

/** Logs of P(X ≤ k) and P(X > k) for X ~ Binomial(n, p); n whole in [0, 10¹⁵], p in [0, 1]. */
export function binomialLogTails(k: number, n: number, p: number): LogTails {
  requireTrials(n, p);
  const at = Math.floor(k);
  if (at < 0) return { logLower: -Infinity, logUpper: 0 };
  if (at >= n) return { logLower: 0, logUpper: -Infinity };
  const { logLower, logUpper } = incompleteBeta(at + 1, n - at, p);
  return { logLower: logUpper, logUpper: logLower };
}

/** P(X ≤ k) of Binomial(n, p). */
export const binomialCdf = (k: number, n: number, p: number): number =>
  Math.exp(binomialLogTails(k, n, p).logLower);

/** P(X > k) of Binomial(n, p). */
export const binomialSf = (k: number, n: number, p: number): number =>
  Math.exp(binomialLogTails(k, n, p).logUpper);

/** ln P(X ≤ k) of Binomial(n, p). */
export const binomialLogCdf = (k: number, n: number, p: number): number => binomialLogTails(k, n, p).logLower;

/** ln P(X > k) of Binomial(n, p). */
export const binomialLogSf = (k: number, n: number, p: number): number => binomialLogTails(k, n, p).logUpper;

/** ln P(X = k) of Binomial(n, p), by the saddle point (Loader 2000). */
export function binomialLogPmf(k: number, n: number, p: number): number {
  requireTrials(n, p);
  if (k < 0 || k > n || !Number.isInteger(k)) return -Infinity;
  if (p === 0) return k === 0 ? 0 : -Infinity;
  if (p === 1) return k === n ? 0 : -Infinity;
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  return (
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * (1 - p)) +
    0.5 * Math.log(n / (2 * Math.PI * k * (n - k)))
  );
}

/** The smallest k with P(X ≤ k) ≥ prob of Binomial(n, p); a slack of 64 ulp forgives rounding, as in R. */
export function binomialQuantile(prob: number, n: number, p: number): number {
  requireProbability(prob, 'prob');
  requireTrials(n, p);
  const wanted = prob * (1 - 64 * Number.EPSILON);
  let low = -1;
  let high = n;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (binomialCdf(middle, n, p) >= wanted) high = middle;
    else low = middle;
  }
  return high;
}

function requireTrials(n: number, p: number): void {
  requireDomain(Number.isInteger(n) && n >= 0 && n <= 1e15, 'n', n, 'a whole number from 0 to 1e15');
  requireProbability(p);
}
