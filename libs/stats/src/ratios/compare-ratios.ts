import { deltaLiftTest } from '../lift/relative-lift.js';
import { testEstimate, welchDf, type TwoMeansTest } from '../means/two-means.js';
import type { ArmMoments } from '../verdict/types.js';
import { ratioEstimate } from './ratio.js';

/** A test of a ratio's difference or lift, referred both to the normal and to t. */
export interface RatioTest {
  readonly estimate: number;
  readonly z: TwoMeansTest;
  readonly t: TwoMeansTest;
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
  const c = ratioEstimate(control);
  const t = ratioEstimate(treatment);
  if (!c || !t) return { absolute: null, relative: null };
  const [v1, v2] = [c.variance / control.n, t.variance / treatment.n];
  if (!(v1 + v2 > 0)) return { absolute: null, relative: null };
  const df = welchDf(v1, control.n, v2, treatment.n);
  const se = Math.sqrt(v1 + v2);
  const estimate = t.ratio - c.ratio;
  const pair = { mean1: c.ratio, variance1: v1, mean2: t.ratio, variance2: v2 };
  const z = deltaLiftTest(pair, Infinity, alpha);
  const withT = deltaLiftTest(pair, df, alpha);
  return {
    absolute: {
      estimate,
      z: testEstimate(estimate, se, Infinity, alpha),
      t: testEstimate(estimate, se, df, alpha),
    },
    relative: z && withT && { estimate: estimate / Math.abs(c.ratio), z, t: withT },
  };
}
