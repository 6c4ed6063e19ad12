import { requireVectorMoments, type VectorMoments } from '../accumulators/vector-moments.js';
import { testEstimate, welchDf, type TwoMeansTest } from '../means/two-means.js';
import { StatsError } from '../stats-error.js';

/** A ratio of totals, adjusted by the same ratio before the experiment. */
export interface CupedRatioComparison {
  readonly theta: number;
  /** Ratio in the experiment and before it, control first. */
  readonly ratioPost: readonly [number, number];
  readonly ratioPre: readonly [number, number];
  /** Per-unit variance of the adjusted ratio. */
  readonly unitVariance: readonly [number, number];
  readonly absolute: { readonly estimate: number; readonly test: TwoMeansTest };
  /** null when the control's ratio is 0. */
  readonly relative: { readonly estimate: number; readonly test: TwoMeansTest } | null;
}

/** Means and gradients of one arm's two ratios. */
interface LinearArm {
  readonly moments: VectorMoments;
  readonly post: number;
  readonly pre: number;
  /** Gradients of either ratio by (m post, d post, m pre, d pre). */
  readonly gradientPost: readonly number[];
  readonly gradientPre: readonly number[];
}

/**
 * CUPED for ratio metrics: ratio in the experiment minus θ times the ratio before it, units as clusters.
 *
 * θ = Σ cov(post, pre) / Σ var(pre) over both arms, of the linearised ratios with per-unit variances; 0 where the ratio
 * before does not vary.
 *
 * @param control, treatment moments of four columns: numerator and denominator in the experiment, then both before it
 * @returns null when undefined: fewer than two units, a denominator that sums to 0, or no variance in both arms
 * @throws StatsError `STATS_SHAPE` not four columns, `STATS_DOMAIN` alpha outside (0, 1)
 * @see Deng, Xu, Kohavi, Walker (2013), WSDM '13, appendix B, for the linearisation
 */
export function compareCupedRatios(
  control: VectorMoments,
  treatment: VectorMoments,
  alpha: number,
): CupedRatioComparison | null {
  const c = linearArm(control);
  const t = linearArm(treatment);
  if (!c || !t) return null;
  const spread = form(c, c.gradientPre, c.gradientPre) + form(t, t.gradientPre, t.gradientPre);
  const shared = form(c, c.gradientPost, c.gradientPre) + form(t, t.gradientPost, t.gradientPre);
  const theta = spread > 0 && Number.isFinite(shared / spread) ? shared / spread : 0;
  const gradient = (arm: LinearArm) => arm.gradientPost.map((g, i) => g - theta * arm.gradientPre[i]!);
  const variances = [c, t].map((arm) => quadratic(arm, gradient(arm))) as [number, number];
  const [v1, v2] = [variances[0] / control.n, variances[1] / treatment.n];
  if (!(v1 + v2 > 0)) return null;
  const df = welchDf(v1, control.n, v2, treatment.n);
  const estimate = t.post - theta * t.pre - (c.post - theta * c.pre);
  return {
    theta,
    ratioPost: [c.post, t.post],
    ratioPre: [c.pre, t.pre],
    unitVariance: variances,
    absolute: { estimate, test: testEstimate(estimate, Math.sqrt(v1 + v2), df, alpha) },
    relative: relativeTo(c, gradient(c), { estimate, v2, df, alpha }),
  };
}

function linearArm(moments: VectorMoments): LinearArm | null {
  requireVectorMoments(moments);
  if (moments.mean.length !== 4)
    throw new StatsError('STATS_SHAPE', `moments of ${moments.mean.length} columns; four are needed`);
  const [m, d, mPre, dPre] = moments.mean as [number, number, number, number];
  if (moments.n < 2 || d === 0 || dPre === 0) return null;
  return {
    moments,
    post: m / d,
    pre: mPre / dPre,
    gradientPost: [1 / d, -m / d / d, 0, 0],
    gradientPre: [0, 0, 1 / dPre, -mPre / dPre / dPre],
  };
}

/** Per-unit covariance of two linear combinations of the four columns. */
function form({ moments }: LinearArm, g: readonly number[], h: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++) sum += g[i]! * h[j]! * (moments.comoments[i]![j]! / (moments.n - 1));
  return sum;
}

const quadratic = (arm: LinearArm, g: readonly number[]): number => Math.max(0, form(arm, g, g));

/** The control's ratio moves the numerator of the lift and its denominator. */
function relativeTo(
  control: LinearArm,
  gradient: readonly number[],
  { estimate, v2, df, alpha }: { estimate: number; v2: number; df: number; alpha: number },
): CupedRatioComparison['relative'] {
  const base = Math.abs(control.post);
  if (base === 0) return null;
  const pull = estimate / control.post;
  const moved = gradient.map((g, i) => g + pull * control.gradientPost[i]!);
  const se = Math.sqrt(quadratic(control, moved) / control.moments.n + v2) / base;
  return se > 0 && se < Infinity
    ? { estimate: estimate / base, test: testEstimate(estimate / base, se, df, alpha) }
    : null;
}
