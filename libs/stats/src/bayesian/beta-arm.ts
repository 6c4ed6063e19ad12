import { requireShape as requireBetaShape } from '../distributions/shapes.js';
import { incompleteBeta } from '../special/incomplete-beta.js';
import { logOneMinusExp } from '../special/log-space.js';
import { logBeta, logBetaPower } from '../special/stirling.js';
import { requireDomain } from '../stats-error.js';

/** A Beta(a, b) belief about a rate. */
export interface BetaShape {
  readonly a: number;
  readonly b: number;
}

/** The posterior after x successes in n trials. */
export function betaPosterior(x: number, n: number, prior: BetaShape = { a: 1, b: 1 }): BetaShape {
  requireDomain(n >= 0 && x >= 0 && x <= n, 'x', x, 'between 0 and n =', n);
  requireShape(prior);
  const posterior = { a: prior.a + x, b: prior.b + (n - x) };
  requireShape(posterior);
  return posterior;
}

export function requireShape({ a, b }: BetaShape): void {
  requireBetaShape(a, 'a');
  requireBetaShape(b, 'b');
}

/** Mean and standard deviation of a Beta. */
export function betaMoments({ a, b }: BetaShape): { mean: number; sd: number } {
  requireShape({ a, b });
  const n = a + b;
  return { mean: a / n, sd: Math.sqrt(((a / n) * (b / n)) / (n + 1)) };
}

/** Beyond this logit the rate or its complement underflows; the first term of the series is then exact. */
const FAR_LOGIT = 700;

/** ln of the density and of both tails at one point. */
interface LogitPoint {
  readonly logPdf: number;
  readonly logCdf: number;
  readonly logSf: number;
}

/** On the logit scale u: smooth, and exponential at the far ends. */
export function atLogit({ a, b }: BetaShape, u: number): LogitPoint {
  if (u < -FAR_LOGIT) return farBelow({ a, b }, u);
  if (u > FAR_LOGIT) {
    const { logPdf, logCdf, logSf } = farBelow({ a: b, b: a }, -u);
    return { logPdf, logCdf: logSf, logSf: logCdf };
  }
  const x = logistic(u);
  const y = logistic(-u);
  const { logLower, logUpper } = incompleteBeta(a, b, x, y);
  return { logPdf: logBetaPower(a, b, x, y), logCdf: logLower, logSf: logUpper };
}

function farBelow({ a, b }: BetaShape, u: number): LogitPoint {
  const logPdf = a * u - logBeta(a, b);
  const logCdf = Math.min(0, logPdf - Math.log(a));
  return { logPdf, logCdf, logSf: logOneMinusExp(logCdf) };
}

export const logistic = (u: number): number =>
  u < 0 ? Math.exp(u) / (1 + Math.exp(u)) : 1 / (1 + Math.exp(-u));

/** Mode of the logit's density and a trapezoid's step that resolves it. */
export function logitScale({ a, b }: BetaShape): { mode: number; step: number } {
  return { mode: Math.log(a / b), step: Math.min(0.4, 0.4 * Math.sqrt(1 / a + 1 / b)) };
}
