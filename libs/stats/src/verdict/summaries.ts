import { meanGap } from '../accumulators/arm-moments.js';
import { differenceError, testTwoSided, welchDf } from '../means/two-means.js';
import { ratioDifference } from '../ratios/compare-ratios.js';
import { ratioEstimate } from '../ratios/ratio.js';
import { requireNotNegative } from '../stats-error.js';
import type { ArmMoments, ArmSummary, FixedTest, MetricKind, QuantileEvidence } from './types.js';

/** What a person computes from an arm's raw rows. `exposed` is the arm's number of exposed units. */
export function armSummary(
  kind: MetricKind,
  pooled: ArmMoments,
  openUnits: number,
  exposed: number,
): ArmSummary {
  requireNotNegative(pooled.n, 'n');
  const isRatio = kind === 'ratio';
  const isQuantile = kind === 'quantile';
  const summary = {
    n: pooled.n,
    mean: isRatio || isQuantile || pooled.n === 0 ? null : pooled.mean,
    // Rounding can leave a little less than no variance.
    sd: isQuantile || pooled.n < 2 ? null : Math.sqrt(Math.max(0, pooled.m2) / (pooled.n - 1)),
    openUnits,
    coverage: exposed > 0 ? pooled.n / exposed : null,
  };
  if (isQuantile) return { ...summary, quantile: quantileSummary(pooled.quantile) };
  if (!isRatio) return summary;
  const per = pooled.denominator?.mean;
  const ratio = { value: per ? pooled.mean / per : null, se: ratioEstimate(pooled)?.se ?? null };
  return { ...summary, ratio };
}

function quantileSummary(found: QuantileEvidence | undefined): NonNullable<ArmSummary['quantile']> | null {
  if (!found) return null;
  const { level, value, variance, events, designEffect } = found;
  return { level, value, se: variance === null ? null : Math.sqrt(variance), events, designEffect };
}

/** Fixed-horizon Welch test on the raw rows, epochs pooled; for ratios the delta-method errors take its place, for quantiles the clustered ones. */
export function fixedTest(kind: MetricKind, control: ArmMoments, treatment: ArmMoments): FixedTest | null {
  if (kind === 'quantile') return quantileTest(control.quantile, treatment.quantile);
  if (kind === 'ratio') {
    const difference = ratioDifference(control, treatment);
    return difference && asFixedTest(difference.estimate, difference);
  }
  const error = differenceError(control, treatment, 'welch');
  // The gap, not one mean less the other: it keeps the digits that the means have lost.
  return error && asFixedTest(meanGap(control, treatment), error);
}

/** Degrees of freedom count events, as order statistics do. */
function quantileTest(
  control: QuantileEvidence | undefined,
  treatment: QuantileEvidence | undefined,
): FixedTest | null {
  const [v1, v2] = [control?.variance ?? null, treatment?.variance ?? null];
  if (!control || !treatment || v1 === null || v2 === null || !(v1 + v2 > 0)) return null;
  const df = welchDf(v1, control.events, v2, treatment.events);
  return asFixedTest(treatment.value - control.value, { se: Math.sqrt(v1 + v2), df });
}

function asFixedTest(estimate: number, { se, df }: { se: number; df: number }): FixedTest {
  const { statistic, pTwoSided, ci } = testTwoSided(estimate, se, df, 0.05);
  return { t: statistic, df, p: pTwoSided, ci95: ci };
}
