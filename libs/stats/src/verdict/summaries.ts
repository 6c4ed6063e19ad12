import { EMPTY_ARM_MOMENTS, mergeArmMoments } from '../accumulators/arm-moments.js';
import { differenceError, testEstimate, welchDf } from '../means/two-means.js';
import { ratioEstimate } from '../ratios/ratio.js';
import type { EpochMoments } from './contrast.js';
import type { ArmMoments, ArmSummary, FixedTest, MetricEvidence, MetricKind } from './types.js';

/** The epochs of one arm in a metric's evidence; epochs without the arm are left out. */
export function epochsOf(evidence: MetricEvidence, arm: string): EpochMoments[] {
  return evidence.epochs.flatMap((epoch) => {
    const moments = epoch.arms[arm];
    return moments ? [{ number: epoch.number, moments }] : [];
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
  if (kind !== 'ratio') {
    const error = differenceError(control, treatment, 'welch');
    return error && asFixed(treatment.mean - control.mean, error.se, error.df);
  }
  const c = ratioEstimate(control);
  const t = ratioEstimate(treatment);
  if (!c || !t) return null;
  const vc = c.variance / control.n;
  const vt = t.variance / treatment.n;
  if (!(vc + vt > 0)) return null;
  return asFixed(t.ratio - c.ratio, Math.sqrt(vc + vt), welchDf(vc, control.n, vt, treatment.n));
}

function asFixed(difference: number, se: number, df: number): FixedTest {
  const test = testEstimate(difference, se, df, 0.05);
  return { t: test.statistic, df, p: test.pTwoSided, ci95: test.ci };
}
