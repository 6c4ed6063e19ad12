import type { Moments } from '../accumulators/moments.js';
import { normalPdf, normalSf } from '../distributions/normal.js';
import { studentTIsf, studentTLogSf } from '../distributions/student-t.js';
import { bracketedRoot } from '../special/bracketed-root.js';
import { averageOverScale } from '../special/scale-average.js';
import { requireDomain, StatsError } from '../stats-error.js';

/** Many treatments against one control. */
export interface DunnettTest {
  /** t of each treatment against the control, pooled variance. */
  readonly t: readonly number[];
  readonly df: number;
  /** P(max |Tⱼ| ≥ |tⱼ|) per treatment: single step, two-sided. */
  readonly pAdjusted: readonly number[];
  /** |t| at or beyond which a difference is significant at alpha. */
  readonly criticalValue: number;
}

/**
 * Dunnett's test: every treatment's mean against the control's, with the family-wise error of all of them at alpha.
 *
 * Assumes independent normal units with one variance in all arms; arms may have any sizes. The correlations
 * ρᵢⱼ = λᵢ λⱼ, λⱼ = √(nⱼ / (nⱼ + n₀)), are a product, so the probability is a double integral.
 *
 * @returns null when undefined: an empty arm, no degree of freedom left, or no variance within the arms
 * @throws StatsError `STATS_SHAPE` no treatment, `STATS_DOMAIN` alpha outside (0, 1)
 * @see Dunnett (1955), J. Am. Stat. Assoc. 50; Dunnett, Sobel (1955), Biometrika 42
 */
export function dunnettTest(
  control: Moments,
  treatments: readonly Moments[],
  alpha: number,
): DunnettTest | null {
  if (treatments.length === 0) throw new StatsError('STATS_SHAPE', 'no treatment to compare');
  requireDomain(alpha > 0 && alpha < 1, 'alpha', alpha, 'in (0, 1)');
  const arms = [control, ...treatments];
  if (arms.some(({ n }) => n < 1)) return null;
  const df = arms.reduce((sum, { n }) => sum + n - 1, 0);
  const within = arms.reduce((sum, { m2 }) => sum + m2, 0);
  if (!(df > 0 && within > 0)) return null;
  const sd = Math.sqrt(within / df);
  const sizes = treatments.map(({ n }) => n);
  const t = treatments.map(({ n, mean }) => (mean - control.mean) / (sd * Math.sqrt(1 / n + 1 / control.n)));
  return {
    t,
    df,
    pAdjusted: t.map((value) => dunnettSf(Math.abs(value), control.n, sizes, df)),
    criticalValue: dunnettIsf(alpha, control.n, sizes, df),
  };
}

/**
 * P(max |Tⱼ| ≥ t) under the null, for a control of n₀ and treatments of the given sizes; df may be Infinity.
 *
 * Accurate in the far tail too: the product of probabilities near 1 is taken as a sum of logs.
 */
export function dunnettSf(t: number, controlN: number, sizes: readonly number[], df: number): number {
  requireDomain(controlN > 0 && sizes.every((n) => n > 0), 'sizes', sizes.join(', '), 'positive');
  requireDomain(df > 0, 'df', df, 'positive');
  if (!(t > 0)) return 1;
  const shares = sizes.map((n) => ({
    slope: Math.sqrt(n / controlN),
    scale: Math.sqrt((n + controlN) / controlN),
  }));
  // How sharply the product turns with the control's z sets the step of the trapezoids.
  const step = 0.5 / Math.sqrt(1 + sizes.reduce((sum, n) => sum + n / controlN, 0));
  const logSmallest = studentTLogSf(t, df);
  return Math.min(
    1,
    averageOverScale(df, (s) => tailAt(s * t, shares, step), logSmallest),
  );
}

/** The t with P(max |Tⱼ| ≥ t) = alpha: between the quantile of one comparison and Bonferroni's. */
export function dunnettIsf(alpha: number, controlN: number, sizes: readonly number[], df: number): number {
  requireDomain(alpha > 0 && alpha < 1, 'alpha', alpha, 'in (0, 1)');
  const low = studentTIsf(alpha / 2, df);
  if (sizes.length === 1) return low;
  const high = studentTIsf(alpha / (2 * sizes.length), df);
  return bracketedRoot((t) => Math.log(dunnettSf(t, controlN, sizes, df) / alpha), low, high, 1e-12);
}

/** P(max |Tⱼ| ≥ t) with known variance: averaged over the control's standardised mean. */
function tailAt(t: number, shares: ReadonlyArray<{ slope: number; scale: number }>, step: number): number {
  // The tail of one comparison peaks where the control's z is t λ away; nine more on either side hold the rest.
  const reach = Math.ceil((9 + Math.min(t, 38)) / step);
  let sum = 0;
  for (let i = -reach; i <= reach; i++) {
    const z = i * step;
    const density = normalPdf(z);
    if (density === 0) continue;
    let logInside = 0;
    for (const { slope, scale } of shares) {
      const outside = normalSf(scale * t - slope * z) + normalSf(scale * t + slope * z);
      logInside += Math.log1p(-Math.min(1, outside));
    }
    sum -= density * Math.expm1(logInside);
  }
  return sum * step;
}
