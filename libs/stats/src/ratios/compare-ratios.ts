import { deltaLiftTest, type MeanPair } from '../lift/relative-lift.js';
import { testEstimate, welchDf, type TwoMeansTest } from '../means/two-means.js';
import type { ArmMoments } from '../verdict/types.js';
import { ratioEstimate } from './ratio.js';

/** A test of a ratio's difference or lift, referred both to the normal and to t. */
export interface RatioTest {
  readonly estimate: number;
  readonly z: TwoMeansTest;
  readonly t: TwoMeansTest;
}

/** Difference of two ratios of totals, its delta-method error and degrees of freedom; null as in `compareRatios`. */
export function ratioDifference(
  control: ArmMoments,
  treatment: ArmMoments,
): { estimate: number; se: number; df: number; pair: MeanPair } | null {
  const c = ratioEstimate(control);
  const t = ratioEstimate(treatment);
  if (!c || !t) return null;
  const [v1, v2] = [c.variance / control.n, t.variance / treatment.n];
  if (!(v1 + v2 > 0)) return null;
  return {
    estimate: t.ratio - c.ratio,
    se: Math.sqrt(v1 + v2),
    df: welchDf(v1, control.n, v2, treatment.n),
    pair: { mean1: c.ratio, variance1: v1, mean2: t.ratio, variance2: v2 },
  };
}

/**
 * Difference and lift of two ratios of totals with units as clusters.
 *
 * @returns null parts where undefined: an arm without a ratio, no variance in either arm, or a control ratio of 0
 */
export function compareRatios(
  control: ArmMoments,
  treatment: ArmMoments,
  alpha: number,
): { absolute: RatioTest | null; relative: RatioTest | null } {
  const difference = ratioDifference(control, treatment);
  if (!difference) return { absolute: null, relative: null };
  const { estimate, se, df, pair } = difference;
  const z = deltaLiftTest(pair, Infinity, alpha);
  const withT = deltaLiftTest(pair, df, alpha);
  return {
    absolute: {
      estimate,
      z: testEstimate(estimate, se, Infinity, alpha),
      t: testEstimate(estimate, se, df, alpha),
    },
    relative: z && withT && { estimate: estimate / Math.abs(pair.mean1), z, t: withT },
  };
}
