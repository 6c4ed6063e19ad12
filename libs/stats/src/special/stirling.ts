import gammaln from '@stdlib/math-base-special-gammaln';

const HALF_LOG_TWO_PI = 0.918938533204672741780329736406;

/**
 * The error of Stirling's formula: ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π], for x > 0.
 *
 * Products of gamma functions are built from this and `deviance` instead of from ln Γ itself: differences of ln Γ at
 * 10⁸ lose seven digits, these lose none. Series from 15 on, where six terms reach double precision.
 *
 * @see Loader (2000), Fast and accurate computation of binomial probabilities
 */
export function stirlingError(x: number): number {
  if (x < 15) return gammaln(x) - (x - 0.5) * Math.log(x) + x - HALF_LOG_TWO_PI;
  const x2 = x * x;
  const tail = 1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / x2) / x2) / x2;
  return (1 / 12 - (1 / 360 - tail / x2) / x2) / x;
}

/**
 * Half the unit deviance: x ln(x/m) + m − x, for x ≥ 0 and m > 0, without cancellation when x is near m.
 *
 * @see Loader (2000); the function bd0 of R's nmath
 */
export function deviance(x: number, m: number): number {
  const d = x - m;
  if (Math.abs(d) < 0.1 * (x + m)) {
    const v = d / (x + m);
    let sum = d * v;
    let term = 2 * x * v;
    const v2 = v * v;
    for (let j = 1; j < 1000; j++) {
      term *= v2;
      const next = sum + term / (2 * j + 1);
      if (next === sum) return next;
      sum = next;
    }
    return sum;
  }
  if (x === 0) return m;
  const ratio = x / m;
  // The ratio itself may leave the range of doubles where its log does not.
  const log = ratio > 0 && ratio < Infinity ? Math.log(ratio) : Math.log(x) - Math.log(m);
  return x * log + m - x;
}

/** ln of the beta function B(a, b), a, b > 0, accurate also when one argument dwarfs the other. */
export function logBeta(a: number, b: number): number {
  const n = a + b;
  // Γ(a) Γ(b) / Γ(n) at the mode p = a/n: the powers a ln p and b ln(1 − p) stay small and exact.
  return (
    logShare(a, b) +
    logShare(b, a) +
    0.5 * Math.log(n / a / b) +
    HALF_LOG_TWO_PI +
    stirlingError(a) +
    stirlingError(b) -
    stirlingError(n)
  );
}

/** a ln(a / (a + b)): a share next to 1 is rounded before its logarithm is taken, what lacks to it is not. */
const logShare = (a: number, b: number): number =>
  a < b ? a * Math.log(a / (a + b)) : -a * Math.log1p(b / a);

/** ln of Γ(x), x > 0. */
export function logGamma(x: number): number {
  return gammaln(x);
}

/** ln[x^a e^(−x) / Γ(a)], a > 0, x > 0: the prefactor of both incomplete gamma expansions. */
export function logGammaPower(a: number, x: number): number {
  return 0.5 * Math.log(a) - HALF_LOG_TWO_PI - stirlingError(a) - deviance(a, x);
}

/** ln[x^a y^b / B(a, b)], a, b > 0, y = 1 − x given apart because the caller often knows it better than 1 − x. */
export function logBetaPower(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  return (
    0.5 * (Math.log(a) + Math.log(b / n)) -
    HALF_LOG_TWO_PI +
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, n * x) -
    deviance(b, n * y)
  );
}
