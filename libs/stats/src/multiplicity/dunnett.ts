import type { Moments } from '../accumulators/moments.js';
import { requireMoments } from '../accumulators/require-moments.js';
import { normalPdf, normalSf } from '../distributions/normal.js';
import { studentTIsf, studentTLogSf } from '../distributions/student-t.js';
import { bracketedRoot } from '../special/bracketed-root.js';
import { averageOverScale } from '../special/scale-average.js';
import { inRange, requireAlpha, requireDomain, requirePositive, StatsError } from '../stats-error.js';

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
 * @throws StatsError `STATS_SHAPE` no treatment, `STATS_DOMAIN` alpha outside (0, 1), impossible moments, treatments with
 *   more than 1,000 times the control's units
 * @see Dunnett (1955), J. Am. Stat. Assoc. 50; Dunnett, Sobel (1955), Biometrika 42
 */
export function dunnettTest(
  control: Moments,
  treatments: readonly Moments[],
  alpha: number,
): DunnettTest | null {
  if (treatments.length === 0) throw new StatsError('STATS_SHAPE', 'no treatment to compare');
  requireAlpha(alpha);
  const arms = [control, ...treatments];
  arms.forEach(requireMoments);
  if (arms.some(({ n }) => n < 1)) return null;
  const df = arms.reduce((sum, { n }) => sum + n - 1, 0);
  const within = arms.reduce((sum, { m2 }) => sum + m2, 0);
  if (!(df > 0 && within > 0)) return null;
  const sd = Math.sqrt(within / df);
  const sizes = treatments.map(({ n }) => n);
  const t = treatments.map(({ n, mean }) =>
    inRange((mean - control.mean) / (sd * Math.sqrt(1 / n + 1 / control.n)), 't'),
  );
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
 *
 * @throws StatsError `STATS_SHAPE` no treatment, `STATS_DOMAIN` a size not positive, treatments with more than 1,000 times
 *   the control's units, df below 1
 */
export function dunnettSf(t: number, controlN: number, sizes: readonly number[], df: number): number {
  requireSizes(controlN, sizes, df);
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
  requireAlpha(alpha);
  requireSizes(controlN, sizes, df);
  const low = studentTIsf(alpha / 2, df);
  if (sizes.length === 1) return low;
  const high = studentTIsf(alpha / (2 * sizes.length), df);
  return bracketedRoot((t) => Math.log(dunnettSf(t, controlN, sizes, df) / alpha), low, high, 1e-12);
}

/** The control's z is followed in steps that get shorter with its share; beyond this they would be too many. */
const MOST_PER_CONTROL = 1_000;

function requireSizes(controlN: number, sizes: readonly number[], df: number): void {
  if (sizes.length === 0) throw new StatsError('STATS_SHAPE', 'no treatment to compare');
  requirePositive(controlN, 'controlN');
  sizes.forEach((n) => requirePositive(n, 'size'));
  const perControl = sizes.reduce((sum, n) => sum + n / controlN, 0);
  requireDomain(
    perControl <= MOST_PER_CONTROL,
    'sizes over controlN',
    perControl,
    'at most',
    MOST_PER_CONTROL,
  );
  requireDomain(df >= 1, 'df', df, 'at least 1');
}

/** Beyond this the tail is less than the smallest double. */
const FARTHEST = 39;

/** P(max |Tⱼ| ≥ t) with known variance: averaged over the control's standardised mean. */
function tailAt(t: number, shares: ReadonlyArray<{ slope: number; scale: number }>, step: number): number {
  if (t > FARTHEST) return 0;
  // The tail of one comparison peaks where the control's z is t λ away; nine more on either side hold the rest.
  const reach = Math.ceil((9 + Math.min(t, 38)) / step);
  let sum = 0;
  // The same on both sides of 0.
  for (let i = 0; i <= reach; i++) {
    const z = i * step;
    const density = normalPdf(z) * (i === 0 ? 1 : 2);
    // Each term is at most its density: the rest no longer counts.
    if (density <= 1e-18 * sum) break;
    let logInside = 0;
    for (const { slope, scale } of shares) {
      const outside = normalSf(scale * t - slope * z) + normalSf(scale * t + slope * z);
      logInside += Math.log1p(-Math.min(1, outside));
    }
    sum -= density * Math.expm1(logInside);
  }
  return sum * step;
}
