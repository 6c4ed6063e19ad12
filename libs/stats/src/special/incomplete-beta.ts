import type { LogTails } from './incomplete-gamma.js';
import { logOneMinusExp } from './log-space.js';
import { outOfReach } from './out-of-reach.js';
import { logBetaPower } from './stirling.js';

const TINY = 1e-300;
/** Shapes up to 10¹² need 60,000 next to the mean. */
const MAX_TERMS = 200_000;

/**
 * Logs of the regularised incomplete beta function I_x(a, b) and of its complement, a, b > 0.
 *
 * The even part of the classical continued fraction, taken on the side of the mean where it is small; the complement
 * follows by log1p. `y` is 1 − x, given apart so that points next to 1 keep their digits.
 *
 * @throws StatsError `STATS_DOMAIN` the fraction does not end: shapes far beyond 10¹² next to the mean, or next to 0
 * @see Didonato and Morris (1992), ACM TOMS 18, algorithm 708; DLMF 8.17.22; Thompson and Barnett (1986), J. Comput.
 *   Phys. 64, for the evaluation
 */
export function incompleteBeta(a: number, b: number, x: number, y: number = 1 - x): LogTails {
  if (x <= 0) return { logLower: -Infinity, logUpper: 0 };
  if (y <= 0) return { logLower: 0, logUpper: -Infinity };
  if (a * y >= b * x) {
    const logLower = logSmallSide(a, b, x, y);
    return { logLower, logUpper: logOneMinusExp(logLower) };
  }
  const logUpper = logSmallSide(b, a, y, x);
  return { logLower: logOneMinusExp(logUpper), logUpper };
}

/** The fraction by the modified Lentz method, in one loop: this is where every t, F, beta and binomial tail ends. */
function logSmallSide(a: number, b: number, x: number, y: number): number {
  const excess = a * y - b * x + 1;
  let value = (a / (a + 1)) * excess || TINY;
  let c = value;
  let d = 0;
  for (let m = 1; m < MAX_TERMS; m++) {
    const odd = a + 2 * m - 1;
    const step = (m * (b - m) * x) / odd;
    const alpha = ((a + m - 1) / odd) * (a + b + m - 1) * x * step;
    const beta = m + step + ((a + m) / (odd + 2)) * (excess + m * (1 + y));
    d = 1 / (beta + alpha * d || TINY);
    c = beta + alpha / c || TINY;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 2e-16) return Math.min(0, logBetaPower(a, b, x, y) - Math.log(value));
  }
  throw outOfReach('incomplete beta function', { a, b, x });
}
