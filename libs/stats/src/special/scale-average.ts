import { logGamma, stirlingError } from './stirling.js';

const HALF_LOG_TWO_PI = 0.918938533204672741780329736406;

/**
 * E f(S) over S = √(χ²_df / df), the estimated over the true standard deviation; f bounded and smooth. f(1) at Infinity.
 *
 * Trapezoids in u = ln S: the integrand is analytic and falls off at both ends, so the error falls exponentially with
 * the step. The range reaches down to where P(S < s) is e^−40 of `smallest`, the size of the answer if it is tiny.
 */
export function averageOverScale(df: number, f: (s: number) => number, logSmallest = 0): number {
  if (df > 1e12) return f(1);
  const a = 40 * (2 / df);
  const high = 0.5 * Math.log1p(a + Math.sqrt(a * a + 2 * a));
  const low = lowestLogScale(df, 40 - Math.min(0, logSmallest));
  const step = Math.min(0.45 / Math.sqrt(2 * df), 0.06);
  const from = Math.floor(low / step);
  const to = Math.ceil(high / step);
  const logPeak = 0.5 * Math.log(df / 2) - HALF_LOG_TWO_PI - stirlingError(df / 2) + Math.LN2;
  let sum = 0;
  for (let i = from; i <= to; i++) {
    const u = i * step;
    const weight = Math.exp(logPeak - (df / 2) * (Math.expm1(2 * u) - 2 * u));
    if (weight > 0) sum += weight * f(Math.exp(u));
  }
  return sum * step;
}

/** A u with P(ln S < u) ≤ e^(−log): near the centre by the density's curvature, far out by its power. */
function lowestLogScale(df: number, log: number): number {
  const near = -Math.sqrt(log / (0.72 * df));
  if (near > -0.5) return near;
  const a = df / 2;
  return Math.min(near, (logGamma(a + 1) - a * Math.log(a) - log) / df);
}
