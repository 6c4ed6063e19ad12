import { requireArmMoments } from '../accumulators/arm-moments.js';
import { covariateAdjustment, type CovariateAdjustment } from '../cuped/covariate-adjustment.js';
import { contrastOf, type ContrastResult, type EpochMoments } from './contrast.js';
import { pooledMoments } from './summaries.js';
import type { ArmMoments, LookInput, MetricEvidence } from './types.js';

/** Evidence of one metric at one look, with what several judgements ask of it worked out once. */
export interface PreparedEvidence extends MetricEvidence {
  /** What the metric's covariate explains; null without one. */
  readonly adjustment: CovariateAdjustment | null;
  /** The epochs of one arm; those without the arm are left out. */
  epochsOf(arm: string): readonly EpochMoments[];
  /** An arm's moments over all epochs. */
  pooled(arm: string): ArmMoments;
  contrast(control: string, treatment: string): ContrastResult;
}

/** The input of a look, its evidence prepared. */
export interface PreparedLook extends Omit<LookInput, 'metrics'> {
  readonly metrics: readonly PreparedEvidence[];
}

/** @throws StatsError `STATS_DOMAIN` n or an M2 negative, a figure not finite */
export function prepareLook(input: LookInput): PreparedLook {
  return { ...input, metrics: input.metrics.map(prepareEvidence) };
}

function prepareEvidence(evidence: MetricEvidence): PreparedEvidence {
  const { metric, epochs, openUnits } = evidence;
  for (const { arms } of epochs) for (const arm of Object.values(arms)) requireArmMoments(arm);
  const adjustment = covariateAdjustment(metric.kind, epochs);
  const epochsOf = once((arm: string) => {
    const found: EpochMoments[] = [];
    for (const { number, arms } of epochs) {
      const moments = arms[arm];
      if (moments) found.push({ number, moments, adjustment: adjustment?.epochs[number]?.[arm] });
    }
    return found;
  });
  const against = once((control: string) =>
    once((treatment: string) => contrastOf(metric.kind, epochsOf(control), epochsOf(treatment))),
  );
  return {
    metric,
    epochs,
    openUnits,
    adjustment,
    epochsOf,
    pooled: once((arm: string) => pooledMoments(epochsOf(arm))),
    contrast: (control, treatment) => against(control)(treatment),
  };
}

function once<T>(work: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = work(key)));
    return value;
  };
}
