import { EMPTY_ARM_MOMENTS, meanGap, mergeArmMoments } from '../accumulators/arm-moments.js';
import { differenceError, testTwoSided } from '../means/two-means.js';
import { ratioDifference } from '../ratios/compare-ratios.js';
import { ratioEstimate } from '../ratios/ratio.js';
import type { EpochMoments } from './contrast.js';
import type { ArmMoments, ArmSummary, FixedTest, MetricKind } from './types.js';

/** An arm's moments with all epochs pooled. */
export function pooledMoments(epochs: readonly EpochMoments[]): ArmMoments {
  return epochs.reduce((sum, epoch) => mergeArmMoments(sum, epoch.moments), EMPTY_ARM_MOMENTS);
}

/** What a person computes from an arm's raw rows. `exposed` is the arm's number of exposed units. */
export function armSummary(
  kind: MetricKind,
  pooled: ArmMoments,
  openUnits: number,
  exposed: number,
): ArmSummary {
  const ratio = kind === 'ratio' ? ratioEstimate(pooled) : null;
  const denominator = pooled.denominator?.mean;
  return {
    n: pooled.n,
    mean: kind === 'ratio' || pooled.n === 0 ? null : pooled.mean,
    sd: pooled.n < 2 ? null : Math.sqrt(pooled.m2 / (pooled.n - 1)),
    ...(kind === 'ratio' && {
      ratio: { value: denominator ? pooled.mean / denominator : null, se: ratio?.se ?? null },
    }),
    openUnits,
    coverage: exposed > 0 ? pooled.n / exposed : null,
  };
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
