import { continuedFraction } from './continued-fraction.js';
import type { LogTails } from './incomplete-gamma.js';
import { logOneMinusExp } from './log-space.js';
import { logBetaPower } from './stirling.js';

/**
 * Logs of the regularised incomplete beta function I_x(a, b) and of its complement, a, b > 0.
 *
 * The even part of the classical continued fraction, taken on the side of the mean where it is small; the complement
 * follows by log1p. `y` is 1 − x, given apart so that points next to 1 keep their digits.
 *
 * @see Didonato and Morris (1992), ACM TOMS 18, algorithm 708; DLMF 8.17.22
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

function logSmallSide(a: number, b: number, x: number, y: number): number {
  const fraction = continuedFraction((m) => {
    const odd = a + 2 * m - 1;
    const first = ((a + m - 1) / odd) * ((a + b + m - 1) / odd) * (m * (b - m)) * x * x;
    const second =
      m + (m * (b - m) * x) / odd + ((a + m) / (a + 2 * m + 1)) * (a * y - b * x + 1 + m * (2 - x));
    return m === 0 ? [0, (a / (a + 1)) * (a * y - b * x + 1)] : [first, second];
  });
  return Math.min(0, logBetaPower(a, b, x, y) - Math.log(fraction));
}
