import { incompleteGamma, upperGamma, type LogTails } from '../special/incomplete-gamma.js';
import { solveIncreasing } from '../special/solve-increasing.js';
import { logGamma, logGammaPower } from '../special/stirling.js';
import { requireDomain, requireProbability } from '../stats-error.js';

/** Logs of both tails of Gamma(shape, scale) at x; shape in (0, 10¹⁵], scale > 0. */
export function gammaLogTails(x: number, shape: number, scale = 1): LogTails {
  requireShapeAndScale(shape, scale);
  return incompleteGamma(shape, x / scale);
}

/** P(X ≤ x) of Gamma(shape, scale). */
export function gammaCdf(x: number, shape: number, scale = 1): number {
  return Math.exp(gammaLogTails(x, shape, scale).logLower);
}

/** P(X > x) of Gamma(shape, scale). */
export function gammaSf(x: number, shape: number, scale = 1): number {
  requireShapeAndScale(shape, scale);
  return upperGamma(shape, x / scale);
}

/** ln P(X ≤ x) of Gamma(shape, scale). */
export function gammaLogCdf(x: number, shape: number, scale = 1): number {
  return gammaLogTails(x, shape, scale).logLower;
}

/** ln P(X > x) of Gamma(shape, scale). */
export function gammaLogSf(x: number, shape: number, scale = 1): number {
  return gammaLogTails(x, shape, scale).logUpper;
}

/** The x with P(X ≤ x) = p of Gamma(shape, scale), p in [0, 1]. */
export function gammaQuantile(p: number, shape: number, scale = 1): number {
  requireProbability(p);
  return p <= 0.5
    ? scale * fromTail(shape, scale, 'logLower', Math.log(p))
    : scale * fromTail(shape, scale, 'logUpper', Math.log1p(-p));
}

/** The x with P(X > x) = q of Gamma(shape, scale), q in [0, 1]. */
export function gammaIsf(q: number, shape: number, scale = 1): number {
  requireProbability(q, 'q');
  return q <= 0.5
    ? scale * fromTail(shape, scale, 'logUpper', Math.log(q))
    : scale * fromTail(shape, scale, 'logLower', Math.log1p(-q));
}

/** Solved in ln x, where both log tails are concave and Newton's steps do not overshoot. */
function fromTail(shape: number, scale: number, tail: keyof LogTails, logP: number): number {
  requireShapeAndScale(shape, scale);
  if (logP === -Infinity) return tail === 'logLower' ? 0 : Infinity;
  const sign = tail === 'logLower' ? 1 : -1;
  const u = solveIncreasing(
    (at) => {
      // Where x underflows the first term of the series is exact to double precision.
      if (at < -700 && sign === 1) return { value: shape * at - logGamma(shape + 1), slope: shape };
      const x = Math.exp(at);
      const value = incompleteGamma(shape, x)[tail];
      return { value: sign * value, slope: Math.exp(logGammaPower(shape, x) - value) };
    },
    sign * logP,
    Math.log(shape),
  );
  return Math.exp(u);
}

function requireShapeAndScale(shape: number, scale: number): void {
  requireDomain(shape > 0 && shape <= 1e15, 'shape', shape, 'positive and at most 1e15');
  requireDomain(scale > 0 && scale < Infinity, 'scale', scale, 'positive and finite');
}
