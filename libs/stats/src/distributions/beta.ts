import { incompleteBeta } from '../special/incomplete-beta.js';
import type { LogTails } from '../special/incomplete-gamma.js';
import { solveIncreasing, type ValueAndSlope } from '../special/solve-increasing.js';
import { logBeta, logBetaPower } from '../special/stirling.js';
import { requireProbability } from '../stats-error.js';
import { requireShape } from './shapes.js';

/** Logs of both tails of Beta(a, b) at x in [0, 1]; a, b in [10⁻⁸, 10¹⁵]. */
export function betaLogTails(x: number, a: number, b: number): LogTails {
  requireShapes(a, b);
  return incompleteBeta(a, b, Math.min(1, Math.max(0, x)));
}

/** P(X ≤ x) of Beta(a, b). */
export function betaCdf(x: number, a: number, b: number): number {
  return Math.exp(betaLogTails(x, a, b).logLower);
}

/** P(X > x) of Beta(a, b). */
export function betaSf(x: number, a: number, b: number): number {
  return Math.exp(betaLogTails(x, a, b).logUpper);
}

/** ln P(X ≤ x) of Beta(a, b). */
export function betaLogCdf(x: number, a: number, b: number): number {
  return betaLogTails(x, a, b).logLower;
}

/** ln P(X > x) of Beta(a, b). */
export function betaLogSf(x: number, a: number, b: number): number {
  return betaLogTails(x, a, b).logUpper;
}

/** The x with P(X ≤ x) = p of Beta(a, b), p in [0, 1]. */
export function betaQuantile(p: number, a: number, b: number): number {
  requireProbability(p);
  return fromLogit(betaLogit(a, b, p, 'lower'));
}

/** The x with P(X > x) = q of Beta(a, b), q in [0, 1]. */
export function betaIsf(q: number, a: number, b: number): number {
  requireProbability(q, 'q');
  return fromLogit(betaLogit(a, b, q, 'upper'));
}

/**
 * ln(x / (1 − x)) of the quantile of Beta(a, b): the tail named holds probability p.
 *
 * The logit keeps points next to 0 and next to 1 apart; t and F quantiles are its exponentials.
 * The search begins at `start`, the mean when absent.
 */
export function betaLogit(
  a: number,
  b: number,
  p: number,
  tail: 'lower' | 'upper',
  start = Math.log(a / b),
): number {
  requireShapes(a, b);
  const small = p <= 0.5;
  const side = (tail === 'lower') === small ? 'logLower' : 'logUpper';
  const logP = small ? Math.log(p) : Math.log1p(-p);
  if (logP === -Infinity) return side === 'logLower' ? -Infinity : Infinity;
  const sign = side === 'logLower' ? 1 : -1;
  return solveIncreasing(
    (at) => {
      const { value, slope } = logTailAtLogit(a, b, at, side);
      return { value: sign * value, slope };
    },
    sign * logP,
    start,
  );
}

/** Beyond this logit x or 1 − x underflows; the first term of the series is then exact to double precision. */
const FAR_LOGIT = 700;

function logTailAtLogit(a: number, b: number, at: number, side: keyof LogTails): ValueAndSlope {
  if (side === 'logLower' && at < -FAR_LOGIT)
    return { value: a * at - Math.log(a) - logBeta(a, b), slope: a };
  if (side === 'logUpper' && at > FAR_LOGIT)
    return { value: -b * at - Math.log(b) - logBeta(a, b), slope: b };
  const x = fromLogit(at);
  const y = fromLogit(-at);
  const value = incompleteBeta(a, b, x, y)[side];
  return { value, slope: Math.exp(logBetaPower(a, b, x, y) - value) };
}

function fromLogit(w: number): number {
  return w < 0 ? Math.exp(w) / (1 + Math.exp(w)) : 1 / (1 + Math.exp(-w));
}

function requireShapes(a: number, b: number): void {
  requireShape(a, 'a');
  requireShape(b, 'b');
}
