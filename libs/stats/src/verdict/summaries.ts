import { meanGap } from '../accumulators/arm-moments.js';
import { differenceError, testTwoSided } from '../means/two-means.js';
import { ratioDifference } from '../ratios/compare-ratios.js';
import { ratioEstimate } from '../ratios/ratio.js';
import type { ArmMoments, ArmSummary, FixedTest, MetricKind } from './types.js';

/** What a person computes from an arm's raw rows. `exposed` is the arm's number of exposed units. */
export function armSummary(
  kind: MetricKind,
  pooled: ArmMoments,
  openUnits: number,
  exposed: number,
): ArmSummary {
  const isRatio = kind === 'ratio';
  const summary = {
    n: pooled.n,
    mean: isRatio || pooled.n === 0 ? null : pooled.mean,
    sd: pooled.n < 2 ? null : Math.sqrt(pooled.m2 / (pooled.n - 1)),
    openUnits,
    coverage: exposed > 0 ? pooled.n / exposed : null,
  };
  if (!isRatio) return summary;
  const per = pooled.denominator?.mean;
  const ratio = { value: per ? pooled.mean / per : null, se: ratioEstimate(pooled)?.se ?? null };
  return { ...summary, ratio };
}

/** Fixed-horizon Welch test on the raw rows, epochs pooled; for ratios the delta-method errors take its place. */
export function fixedTest(kind: MetricKind, control: ArmMoments, treatment: ArmMoments): FixedTest | null {
  if (kind === 'quantile') return null;
  if (kind === 'ratio') {
    const difference = ratioDifference(control, treatment);
    return difference && asFixedTest(difference.estimate, difference);
  }
  const error = differenceError(control, treatment, 'welch');
  // The gap, not one mean less the other: it keeps the digits that the means have lost.
  return error && asFixedTest(meanGap(control, treatment), error);
}

function asFixedTest(estimate: number, { se, df }: { se: number; df: number }): FixedTest {
  const { statistic, pTwoSided, ci } = testTwoSided(estimate, se, df, 0.05);
  return { t: statistic, df, p: pTwoSided, ci95: ci };
}
