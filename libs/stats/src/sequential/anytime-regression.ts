import { inRange, requireAlpha, requireDomain, requireFinite, requirePositive } from '../stats-error.js';

/** Anytime-valid test of one coefficient of a regression. */
export interface AnytimeCoefficient {
  /** ln of the e-value. */
  readonly logG: number;
  /** min(1, 1/e); take the running minimum over looks. */
  readonly p: number;
  /** Half-width of the interval in standard errors; Infinity while there are too few units for one. */
  readonly tRadius: number;
  /** Its limit for many degrees of freedom. */
  readonly zRadius: number;
}

/**
 * Turns a regression's t statistic into evidence that holds at every look: with CUPED or a regression adjustment as the
 * coefficient this is the adjusted estimate under continuous monitoring.
 *
 * Assumes a linear model with normal errors (asymptotically: any, after a burn-in). r = g/(g + n) sets where the interval
 * is tightest; fix g at start.
 *
 * @param input.coefficients columns of the regression, so that n − coefficients degrees of freedom are left
 * @throws StatsError `STATS_DOMAIN` g not positive, alpha outside (0, 1), no degree of freedom, t not finite
 * @see Lindon, Ham, Tingley, Bojinov (2022), Anytime-valid linear models, arXiv:2210.08589; the package avlm
 */
export function anytimeCoefficient(input: {
  t: number;
  n: number;
  coefficients: number;
  g: number;
  alpha: number;
}): AnytimeCoefficient {
  const { t, n, coefficients, g, alpha } = input;
  const df = n - coefficients;
  requirePositive(g, 'g');
  requireAlpha(alpha);
  requirePositive(n, 'n');
  requireDomain(coefficients >= 0 && df > 0, 'n', n, 'above', coefficients);
  requireFinite(t, 't');
  const r = g / (g + n);
  const y = (t * t) / df;
  // ln(1 + y) − ln(1 + r y) in one log, which keeps its digits for small t and many units.
  const gain = Math.log1p(((1 - r) * y) / (1 + r * y));
  const logG = inRange(0.5 * Math.log(r) + ((df + 1) / 2) * gain, 'ln G');
  const logLevel = Math.log(r) + 2 * Math.log(alpha);
  const q = Math.exp(logLevel / (df + 1));
  return {
    logG,
    p: Math.min(1, Math.exp(-logG)),
    tRadius: q > r ? Math.sqrt((df * -Math.expm1(logLevel / (df + 1))) / (q - r)) : Infinity,
    zRadius: inRange(Math.sqrt(-logLevel * (1 + g / n)), 'radius'),
  };
}
