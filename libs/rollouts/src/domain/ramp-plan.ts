import { type Amount, type MetricPlan, unitsAtMargin } from '@app/stats';

/**
 * What a rollout is for; it names the success metrics whose benefit may promote. An `emergency` is moved by people
 * alone, whatever evidence lacks; proven harm rolls it back as any other.
 */
export const RAMP_TEMPLATES = ['quality-up', 'cost-down', 'latency-down', 'emergency'] as const;
export type RampTemplate = (typeof RAMP_TEMPLATES)[number];

/**
 * A controlled stage: challenger and an equal-sized concurrent control run side by side. Or, as the first one, a shadow stage:
 * nobody is given the challenger's answers, which are compared with the champion's to the same requests.
 */
export interface RampStage {
  /** Absent: controlled. */
  readonly kind?: 'shadow';
  /** Challenger's share of the task's units, in (0, 0.5]; 0 of a shadow stage. */
  readonly share: number;
  /** Stage margin = declared margin × factor: wide while few units are exposed, 1 from a share of 25 %. */
  readonly marginFactor: number;
  /** Least time in the stage, in seconds. */
  readonly bakeSeconds: number;
  /** Least number of challenger units first exposed in the stage; of a shadow stage, of units with answers of both. */
  readonly minUnits: number;
  /** Entering this stage needs a person's approval. */
  readonly requiresApproval: boolean;
}

/** A stretch [from, to) in which the share is not raised; reducing it is always possible. */
export interface FreezeWindow {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** A metric that gates the ramp: its margin is always resolved. */
export interface RampMetric extends MetricPlan {
  readonly role: 'success' | 'guardrail';
  readonly margin: Amount & { readonly isDefault: boolean };
}

/**
 * The approved plan of a rollout, immutable from its creation. Automation raises the share only along `stages` and
 * then to 100 %; it may reduce it at any time.
 */
export interface RampPlan {
  readonly template: RampTemplate;
  /** Controlled stages with rising shares; after the last one comes 100 %. */
  readonly stages: readonly RampStage[];
  /** Index of the stage the rollout begins at. */
  readonly startStage: number;
  /** The step from the last controlled stage to 100 % needs a person's approval. */
  readonly promotionRequiresApproval: boolean;
  /** Guardrails and success metrics; success metrics are guardrails too. */
  readonly metrics: readonly RampMetric[];
  /** One-sided level of harm, split over the metrics and spent once for the whole rollout. */
  readonly alphaHarm: number;
  /** One-sided level of each guardrail's non-inferiority. */
  readonly alphaNonInferiority: number;
  /** Two-sided level of benefit over all success metrics (Holm). */
  readonly alphaBenefit: number;
  /** Units of challenger and control together that decide at the declared margin; tunes the sequences. */
  readonly plannedUnits: number;
  /** Full days of evidence before PROMOTE: a weekly cycle. */
  readonly minDays: number;
  /** Days after which an undecided rollout is stopped. */
  readonly maxRolloutDays: number;
  /** Age of the newest exposure or score beyond which the evidence counts as silent, in seconds. */
  readonly maxSilenceSeconds: number;
  /** Longest an event may wait to be counted before the evidence counts as incomplete, in seconds. */
  readonly maxLagSeconds?: number;
  /** Time after a rollback in which the same challenger may not be promoted again, in seconds. */
  readonly coolDownSeconds: number;
  readonly freezeWindows: readonly FreezeWindow[];
  /** Units that had the winner in the experiment keep it; shown as exposure, left out of estimates. */
  readonly carryWinners: boolean;
  /** The ramp says what it would do and does nothing; people move the rollout. False in plans older than this. */
  readonly dryRun?: boolean;
}

export const DAY_SECONDS = 86_400;

/** Least full days before PROMOTE, whatever the experiment's plan says: weekdays and weekends differ. */
export const WEEKLY_CYCLE_DAYS = 7;

/** `maxLagSeconds` of plans that don't say it: a worker counts within a second, so this long is no hiccup. */
export const MAX_LAG_SECONDS = 300;

/** Widest stage margin that still says something: a quarter of the control mean, or of a score's range. */
export const WIDEST_STAGE_MARGIN = 0.25;

export const DEFAULT_STAGES: readonly RampStage[] = [
  { share: 0.01, marginFactor: 5, bakeSeconds: DAY_SECONDS, minUnits: 100, requiresApproval: false },
  { share: 0.05, marginFactor: 2, bakeSeconds: DAY_SECONDS, minUnits: 100, requiresApproval: false },
  { share: 0.25, marginFactor: 1, bakeSeconds: DAY_SECONDS, minUnits: 100, requiresApproval: false },
  { share: 0.5, marginFactor: 1, bakeSeconds: DAY_SECONDS, minUnits: 100, requiresApproval: false },
];

/** An emergency goes half-way, so that there is something to compare with, and then as far as a person says. */
export const EMERGENCY_STAGES: readonly RampStage[] = [
  { share: 0.5, marginFactor: 1, bakeSeconds: 0, minUnits: 1, requiresApproval: false },
];

/** Least number of units with answers of both models before a shadow stage may end. */
export const SHADOW_MIN_UNITS = 200;

/** Whether nobody gets the challenger in a stage. Past the last stage everybody does. */
export function isShadow(stage: RampStage | undefined): boolean {
  return stage?.kind === 'shadow';
}

/** The share of the concurrent control: as large as the challenger's, as far as the traffic goes. */
export function controlShareOf(share: number): number {
  return Math.min(share, 1 - share);
}

/** The stage's margin of a metric: declared margin × the stage's factor. */
export function stageMargin(metric: RampMetric, stage: RampStage): RampMetric['margin'] {
  return { ...metric.margin, value: metric.margin.value * stage.marginFactor };
}

/** Units of challenger and control a stage is expected to need. */
export function requiredUnits(plan: RampPlan, stage: RampStage): number {
  return unitsAtMargin(plan.plannedUnits, stage.marginFactor);
}

/** Days each stage is expected to take at `unitsPerDay` units of the task: traffic or bake time, whichever is longer. */
export function expectedStageDays(plan: RampPlan, stage: RampStage, unitsPerDay: number): number {
  // Every request may be mirrored, and each gives both sides.
  const compared = isShadow(stage)
    ? 2 * unitsPerDay
    : (stage.share + controlShareOf(stage.share)) * unitsPerDay;
  return Math.max(stage.bakeSeconds / DAY_SECONDS, requiredUnits(plan, stage) / compared);
}

/** Relative weights of the arms while the challenger has `share`; arms without traffic are left out. */
export function armWeights(share: number): Readonly<Record<string, number>> {
  const control = controlShareOf(share);
  // Without the rounding dust of 1 − 0.05 − 0.05: people read these numbers, and no arm is left with 1e-17.
  const champion = Number((1 - share - control).toFixed(12));
  if (share === 0) return { champion };
  return { challenger: share, control, ...(champion > 0 ? { champion } : {}) };
}
