import { EMPTY_ARM_MOMENTS, meanGap, mergeArmMoments } from '../accumulators/arm-moments.js';
import { covariateAdjustment, type CovariateAdjustment } from '../cuped/covariate-adjustment.js';
import { compareMeans } from '../means/two-means.js';
import { compareRatios } from '../ratios/compare-ratios.js';
import { ratioEstimate } from '../ratios/ratio.js';
import type { EpochMoments } from './contrast.js';
import type { ArmMoments, ArmSummary, FixedTest, MetricEvidence, MetricKind } from './types.js';

/** Evidence with what its covariate explains; made once a look, for all arms together. */
export interface AdjustedEvidence extends MetricEvidence {
  readonly adjustment?: CovariateAdjustment;
}

/** Works out the adjustment of a metric's evidence; evidence without a covariate stays as it is. */
export function adjustedEvidence(evidence: MetricEvidence): AdjustedEvidence {
  const adjustment = covariateAdjustment(evidence.metric.kind, evidence.epochs);
  return adjustment ? { ...evidence, adjustment } : evidence;
}

/** The epochs of one arm in a metric's evidence; epochs without the arm are left out. */
export function epochsOf(evidence: AdjustedEvidence, arm: string): EpochMoments[] {
  return evidence.epochs.flatMap((epoch) => {
    const moments = epoch.arms[arm];
    if (!moments) return [];
    const adjustment = evidence.adjustment?.epochs[epoch.number]?.[arm];
    return [{ number: epoch.number, moments, ...(adjustment && { adjustment }) }];
  });
}

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
  const test =
    kind === 'ratio'
      ? (compareRatios(control, treatment, 0.05).absolute?.t ?? null)
      : // Around the control mean: only the difference counts, and it keeps its digits there.
        compareMeans({ ...control, mean: 0 }, { ...treatment, mean: meanGap(control, treatment) }, 0.05);
  return test && { t: test.statistic, df: test.df, p: test.pTwoSided, ci95: test.ci };
}
