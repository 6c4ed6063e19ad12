import { continuedFraction } from './continued-fraction.js';
import { logOneMinusExp } from './log-space.js';
import { logGammaPower } from './stirling.js';

/** Logs of both tails of a distribution at a point; each is accurate where it is small. */
export interface LogTails {
  readonly logLower: number;
  readonly logUpper: number;
}

/**
 * Logs of the regularised incomplete gamma functions P(a, x) and Q(a, x), a > 0, x ≥ 0.
 *
 * Series below a + 1, Legendre's continued fraction above; both need about √a terms in the middle. The prefactor comes
 * from the saddle point, so that relative accuracy holds for shapes up to 10⁹.
 *
 * @see DLMF 8.11.4, 8.9.2
 */
export function incompleteGamma(a: number, x: number): LogTails {
  if (x <= 0) return { logLower: -Infinity, logUpper: 0 };
  if (x === Infinity) return { logLower: 0, logUpper: -Infinity };
  const power = logGammaPower(a, x);
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    const logLower = Math.min(0, power + Math.log(sum));
    return { logLower, logUpper: logOneMinusExp(logLower) };
  }
  const fraction = continuedFraction((m) => [-m * (m - a), x - a + 1 + 2 * m]);
  const logUpper = Math.min(0, power - Math.log(fraction));
  return { logLower: logOneMinusExp(logUpper), logUpper };
}
