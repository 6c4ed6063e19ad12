import { EMPTY_ARM_MOMENTS, mergeSound, requireArmMoments } from '../accumulators/arm-moments.js';
import { covariateAdjustment, type CovariateAdjustment } from '../cuped/covariate-adjustment.js';
import { contrastOf, type ContrastResult, type EpochMoments } from './contrast.js';
import type { Arm, ArmMoments, LookInput, MetricEvidence, QuantileEvidence } from './types.js';

/** Evidence of one metric on one arm. */
export interface PreparedArm {
  /** Its epochs; those without the arm are left out. */
  readonly epochs: readonly EpochMoments[];
  /** Its moments over all of them. */
  readonly pooled: ArmMoments;
}

/** Evidence of one metric at one look, with what several judgements ask of it worked out once. */
export interface PreparedEvidence extends MetricEvidence {
  /** What the metric's covariate explains; null without one. */
  readonly adjustment: CovariateAdjustment | null;
  /** By the key of the arm. */
  readonly prepared: ReadonlyMap<string, PreparedArm>;
  /** Every treatment against the control, by the treatment's key. */
  readonly contrasts: ReadonlyMap<string, ContrastResult>;
}

/** The input of a look, its evidence prepared. */
export interface PreparedLook extends Omit<LookInput, 'metrics'> {
  readonly metrics: readonly PreparedEvidence[];
  /** Exposed units over all epochs, by the key of the arm. */
  readonly exposed: ReadonlyMap<string, number>;
}

/** @throws StatsError `STATS_DOMAIN` n or an M2 negative, a figure not finite */
export function prepareLook(input: LookInput, control: Arm): PreparedLook {
  const { arms, epochs } = input;
  const exposed = new Map<string, number>();
  for (const { key } of arms) {
    let units = 0;
    for (const epoch of epochs) units += epoch.units[key] ?? 0;
    exposed.set(key, units);
  }
  const metrics = input.metrics.map((evidence) => prepareEvidence(evidence, arms, control));
  return { ...input, metrics, exposed };
}

function prepareEvidence(
  { metric, epochs, quantiles, openUnits }: MetricEvidence,
  arms: readonly Arm[],
  control: Arm,
): PreparedEvidence {
  for (const epoch of epochs) for (const arm of Object.values(epoch.arms)) requireArmMoments(arm);
  // What a covariate explains of unit means says nothing of a quantile of events.
  const adjustment = metric.kind === 'quantile' ? null : covariateAdjustment(metric.kind, epochs);
  const prepared = new Map<string, PreparedArm>();
  for (const { key } of arms) prepared.set(key, prepareArm(key, epochs, adjustment, quantiles?.[key]));
  const contrasts = new Map<string, ContrastResult>();
  const c = prepared.get(control.key)!;
  for (const { key } of arms) {
    if (key === control.key) continue;
    const t = prepared.get(key)!;
    const pooled = { control: c.pooled, treatment: t.pooled };
    contrasts.set(key, contrastOf(metric.kind, c.epochs, t.epochs, pooled));
  }
  return { metric, epochs, openUnits, adjustment, prepared, contrasts };
}

function prepareArm(
  key: string,
  epochs: MetricEvidence['epochs'],
  adjustment: CovariateAdjustment | null,
  quantile: QuantileEvidence | undefined,
): PreparedArm {
  const found: EpochMoments[] = [];
  let pooled = EMPTY_ARM_MOMENTS;
  for (const { number, arms } of epochs) {
    const moments = arms[key];
    if (!moments) continue;
    found.push({ number, moments, adjustment: adjustment?.epochs[number]?.[key] });
    pooled = mergeSound(pooled, moments);
  }
  return { epochs: found, pooled: quantile ? { ...pooled, quantile } : pooled };
}
