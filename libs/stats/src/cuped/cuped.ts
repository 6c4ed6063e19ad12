import { mergeArmMoments, requireArmMoments } from '../accumulators/arm-moments.js';
import { testEstimate, welchDf, type TwoMeansTest } from '../means/two-means.js';
import { inRange } from '../stats-error.js';
import type { ArmMoments } from '../verdict/types.js';

/** One arm after adjustment. */
export interface CupedArm {
  readonly mean: number;
  /** ȳ − θ x̄. */
  readonly adjustedMean: number;
  /** Adjusted to the covariate's pooled mean, so it stays on the metric's scale. */
  readonly adjustedMeanCentred: number;
  /** var(y) + θ² var(x) − 2θ cov(y, x), n − 1 denominators. */
  readonly unitVariance: number;
}

/** A comparison adjusted by a covariate measured before assignment. */
export interface CupedComparison {
  readonly theta: number;
  readonly control: CupedArm;
  readonly treatment: CupedArm;
  readonly difference: number;
  /** Welch's test on the adjusted values. */
  readonly test: TwoMeansTest;
  /** 1 − (adjusted se / unadjusted se)²; null where the unadjusted error is 0, below 0 where adjusting harms. */
  readonly varianceReduction: number | null;
  /** Adjusted difference over the size of the unadjusted control mean; null when that is 0. */
  readonly relative: { readonly lift: number; readonly test: TwoMeansTest } | null;
}

/**
 * CUPED: a difference of means with less noise, by a covariate of the same units from before they were assigned.
 *
 * θ is the slope of y on x over both arms together, without centring within arms. Where x or y does not vary over both
 * arms θ is 0 and the result is Welch's. Assumes that the treatment cannot have changed x; the caller checks the times.
 * The lift's error counts the covariance between the adjusted and the unadjusted control mean.
 *
 * @param control, treatment moments with `covariate`; unless every unit of both arms has it θ is 0
 * @returns null when undefined: an arm with fewer than two units, or no variance left in both
 * @throws StatsError `STATS_DOMAIN` alpha outside (0, 1), n or an M2 negative, a figure not finite
 * @see Deng, Xu, Kohavi, Walker (2013), Improving the sensitivity of online controlled experiments, WSDM '13
 */
export function compareCuped(
  control: ArmMoments,
  treatment: ArmMoments,
  alpha: number,
): CupedComparison | null {
  requireArmMoments(control);
  requireArmMoments(treatment);
  if (control.n < 2 || treatment.n < 2) return null;
  const { theta, centre } = pooledTheta(control, treatment);
  const c = adjustedArm(control, theta, centre);
  const t = adjustedArm(treatment, theta, centre);
  const [v1, v2] = [c.unitVariance / control.n, t.unitVariance / treatment.n];
  if (!(v1 + v2 > 0)) return null;
  const df = welchDf(v1, control.n, v2, treatment.n);
  const difference = t.adjustedMeanCentred - c.adjustedMeanCentred;
  const unadjusted = variance(control) / control.n + variance(treatment) / treatment.n;
  return {
    theta,
    control: c,
    treatment: t,
    difference,
    test: testEstimate(difference, Math.sqrt(v1 + v2), df, alpha),
    varianceReduction: unadjusted > 0 ? 1 - (v1 + v2) / unadjusted : null,
    relative: relativeTo(control, treatment, theta, { difference, df, alpha, v2 }),
  };
}

/** θ over both arms together, and the covariate's pooled mean; 0 where x or y is constant or x is not there. */
export function pooledTheta(control: ArmMoments, treatment: ArmMoments): { theta: number; centre: number } {
  const { m2, covariate } = mergeArmMoments(control, treatment);
  if (!covariate || covariate.n !== undefined) return { theta: 0, centre: 0 };
  const theta = covariate.m2 > 0 && m2 > 0 ? covariate.comoment / covariate.m2 : 0;
  return { theta: Number.isFinite(theta) ? theta : 0, centre: covariate.mean };
}

const variance = ({ n, m2 }: ArmMoments): number => m2 / (n - 1);

function adjustedArm(arm: ArmMoments, theta: number, centre: number): CupedArm {
  const x = arm.covariate ?? { mean: 0, m2: 0, comoment: 0 };
  const m2 = arm.m2 + theta * theta * x.m2 - 2 * theta * x.comoment;
  return {
    mean: arm.mean,
    adjustedMean: inRange(arm.mean - theta * x.mean, 'adjusted mean'),
    adjustedMeanCentred: inRange(arm.mean - theta * (x.mean - centre), 'adjusted mean'),
    unitVariance: inRange(Math.max(0, m2) / (arm.n - 1), 'adjusted variance'),
  };
}

/** Delta method on (ȳ₂ − θx̄₂ − ȳ₁ + θx̄₁)/|ȳ₁|: the control's mean moves both the numerator and the denominator. */
function relativeTo(
  control: ArmMoments,
  treatment: ArmMoments,
  theta: number,
  { difference, df, alpha, v2 }: { difference: number; df: number; alpha: number; v2: number },
): CupedComparison['relative'] {
  const base = Math.abs(control.mean);
  if (base === 0) return null;
  const share = treatment.mean / control.mean;
  const x = control.covariate ?? { m2: 0, comoment: 0 };
  const m2 = control.m2 * share * share + theta * theta * x.m2 - 2 * theta * x.comoment * share;
  const v1 = Math.max(0, m2) / (control.n - 1) / control.n;
  const se = Math.sqrt(v1 + v2) / base;
  return se > 0 && se < Infinity
    ? { lift: difference / base, test: testEstimate(difference / base, se, df, alpha) }
    : null;
}
