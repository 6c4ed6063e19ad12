import type { Moments } from '../accumulators/moments.js';
import { sampleVariance } from '../accumulators/moments.js';
import { normalIsf, normalLogSf, normalSf } from '../distributions/normal.js';
import { studentTIsf, studentTLogSf, studentTSf } from '../distributions/student-t.js';
import { inRange, requireAlpha, requireDomain, requireFinite, requirePositive } from '../stats-error.js';

export type MeansMethod = 'welch' | 'student' | 'z';

/** A test of mean2 − mean1 = 0 with its intervals at 1 − alpha. `df` is Infinity for z. */
export interface TwoMeansTest {
  readonly se: number;
  readonly df: number;
  readonly statistic: number;
  readonly pTwoSided: number;
  readonly pGreater: number;
  readonly pLess: number;
  readonly logPTwoSided: number;
  readonly ci: readonly [number, number];
  /** Lower end of the one-sided interval [lower, ∞). */
  readonly ciLowerOnly: number;
  /** Upper end of the one-sided interval (−∞, upper]. */
  readonly ciUpperOnly: number;
}

/** The reference distribution: t with df, or the normal at df = Infinity. */
const tail = (t: number, df: number): number => (df === Infinity ? normalSf(t) : studentTSf(t, df));
const logTail = (t: number, df: number): number => (df === Infinity ? normalLogSf(t) : studentTLogSf(t, df));
const isf = (q: number, df: number): number => (df === Infinity ? normalIsf(q) : studentTIsf(q, df));

/** Standard error and degrees of freedom of mean2 − mean1; null when undefined (n < 2, or no variance at all). */
export function differenceError(
  control: Moments,
  treatment: Moments,
  method: MeansMethod,
): { se: number; df: number } | null {
  const var1 = sampleVariance(control);
  const var2 = sampleVariance(treatment);
  if (var1 === null || var2 === null || !(inRange(var1 + var2, 'variance') > 0)) return null;
  if (method === 'student') {
    const df = control.n + treatment.n - 2;
    const pooled = (control.m2 + treatment.m2) / df;
    const se = Math.sqrt(inRange(pooled, 'variance') * (1 / control.n + 1 / treatment.n));
    return se > 0 ? { se, df } : null;
  }
  const v1 = var1 / control.n;
  const v2 = var2 / treatment.n;
  if (!(v1 + v2 > 0)) return null;
  return {
    se: Math.sqrt(v1 + v2),
    df: method === 'z' ? Infinity : welchDf(v1, control.n, v2, treatment.n),
  };
}

/**
 * Welch-Satterthwaite degrees of freedom of a sum of two squared standard errors.
 *
 * @throws StatsError `STATS_DOMAIN` fewer than two units in an arm, an error negative or not finite, or both 0
 */
export function welchDf(v1: number, n1: number, v2: number, n2: number): number {
  requireDomain(n1 > 1, 'n1', n1, 'above 1');
  requireDomain(n2 > 1, 'n2', n2, 'above 1');
  requireDomain(v1 >= 0, 'v1', v1, '≥ 0');
  requireDomain(v2 >= 0, 'v2', v2, '≥ 0');
  requirePositive(v1 + v2, 'v1 + v2');
  // By shares: squares of tiny variances would underflow.
  const share1 = v1 / (v1 + v2);
  const share2 = v2 / (v1 + v2);
  return 1 / (share1 * (share1 / (n1 - 1)) + share2 * (share2 / (n2 - 1)));
}

/**
 * Test and intervals of an estimate against 0 from its standard error and degrees of freedom (Infinity: normal).
 *
 * @throws StatsError `STATS_DOMAIN` estimate not finite, se not positive and finite, df below 10⁻⁶, alpha outside (0, 1)
 */
export function testEstimate(estimate: number, se: number, df: number, alpha: number): TwoMeansTest {
  const oneSided = isf(alpha, df) * se;
  const { statistic, pTwoSided, ci } = testTwoSided(estimate, se, df, alpha);
  const nearer = pTwoSided / 2;
  return {
    se,
    df,
    statistic,
    pTwoSided,
    pGreater: statistic > 0 ? nearer : 1 - nearer,
    pLess: statistic > 0 ? 1 - nearer : nearer,
    logPTwoSided: pTwoSided > 1e-290 ? Math.log(pTwoSided) : Math.LN2 + logTail(Math.abs(statistic), df),
    ci,
    ciLowerOnly: estimate - oneSided,
    ciUpperOnly: estimate + oneSided,
  };
}

/** The two-sided half of `testEstimate`, for callers that show nothing else. Same domains. */
export function testTwoSided(
  estimate: number,
  se: number,
  df: number,
  alpha: number,
): Pick<TwoMeansTest, 'statistic' | 'df' | 'pTwoSided' | 'ci'> {
  requireAlpha(alpha);
  requireEstimate(estimate, se);
  const statistic = estimate / se;
  const half = isf(alpha / 2, df) * se;
  return {
    statistic,
    df,
    pTwoSided: Math.min(1, 2 * tail(Math.abs(statistic), df)),
    ci: [estimate - half, estimate + half],
  };
}

/**
 * Compares two means: Welch (unequal variances, Satterthwaite), Student (pooled variance), or z (Welch's error, normal).
 *
 * Assumes independent units and means near normal. Difference is treatment − control.
 *
 * @returns null when undefined: an arm has n < 2 or both variances are zero
 */
export function compareMeans(
  control: Moments,
  treatment: Moments,
  alpha: number,
  method: MeansMethod = 'welch',
): TwoMeansTest | null {
  const error = differenceError(control, treatment, method);
  return error && testEstimate(treatment.mean - control.mean, error.se, error.df, alpha);
}

function requireEstimate(estimate: number, se: number): void {
  requireFinite(estimate, 'estimate');
  requirePositive(se, 'se');
}

/** A one-sided test. */
export interface OneSidedTest {
  readonly statistic: number;
  readonly p: number;
}

/** Non-inferiority when higher is better. H0: estimate ≤ −margin; rejected by large values. */
export function nonInferiority(estimate: number, se: number, df: number, margin: number): OneSidedTest {
  requireEstimate(inRange(estimate + margin, 'estimate + margin'), se);
  const statistic = (estimate + margin) / se;
  return { statistic, p: tail(statistic, df) };
}

/** Non-inferiority when lower is better. H0: estimate ≥ margin; rejected by small values. */
export function nonInferioritySmallerIsBetter(
  estimate: number,
  se: number,
  df: number,
  margin: number,
): OneSidedTest {
  requireEstimate(inRange(estimate - margin, 'estimate − margin'), se);
  const statistic = (estimate - margin) / se;
  return { statistic, p: tail(-statistic, df) };
}

/** Two one-sided tests of low < estimate < high; p is the larger of the two. */
export function tost(
  estimate: number,
  se: number,
  df: number,
  [low, high]: readonly [number, number],
): { pLower: number; pUpper: number; p: number } {
  requireEstimate(estimate, se);
  requireDomain(low <= high, 'low, high', `${low}, ${high}`, 'in order');
  const pLower = tail((estimate - low) / se, df);
  const pUpper = tail(-(estimate - high) / se, df);
  return { pLower, pUpper, p: Math.max(pLower, pUpper) };
}
