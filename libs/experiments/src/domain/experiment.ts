import type { Condition, HashRange, Prerequisite } from '@app/bucketing';
import type { Amount, DecisionPlan, MetricPlan, MetricRole } from '@app/stats';

export type ExperimentState = 'draft' | 'running' | 'paused' | 'concluded' | 'archived';
export type ExperimentTemplate = 'quality-up' | 'cost-down' | 'latency-down';
export type Decision = 'ship' | 'no-ship' | 'inconclusive' | 'stop';

/** An arm: a pinned version of a model and its relative weight. */
export interface ExperimentVariant {
  readonly key: string;
  readonly modelId: string;
  /** `key@version`. */
  readonly model: string;
  readonly weight: number;
  readonly control: boolean;
  /** Its stretches of the variant space once an edit has moved the arms; null: they follow one another by weight. */
  readonly ranges: readonly HashRange[] | null;
}

/** A metric in its role. */
export interface ExperimentMetric {
  readonly metric: string;
  readonly metricId: string;
  readonly version: number;
  readonly role: MetricRole;
  readonly mde: Amount | null;
  readonly margin: Amount | null;
  readonly harmMargin: Amount | null;
  /** When it was added to a running experiment; null when it was there from the start. */
  readonly addedAt: Date | null;
}

/** A plan as a person writes it; what is left out is decided at start. */
export type PlanInput = Partial<DecisionPlan>;

/** What no edit can change any more. */
export interface FixedAtStart {
  /** RFC 3339. */
  readonly at: string;
  readonly plan: DecisionPlan;
  readonly arms: ReadonlyArray<{
    readonly key: string;
    readonly modelId: string;
    readonly model: string;
    readonly weight: number;
    readonly control: boolean;
  }>;
  /** In the order of the experiment; each with the version it is pinned to. */
  readonly metrics: readonly PinnedMetric[];
  /** N* of each treatment's comparison with the control: tunes its sequences. */
  readonly nStar: Readonly<Record<string, number>>;
  readonly lookIntervalSeconds: number;
}

export type PinnedMetric = MetricPlan & {
  readonly metricId: string;
  readonly version: number;
  /** RFC 3339, for one that was added later: exploratory, never part of a verdict. */
  readonly addedAt?: string;
};

export interface Conclusion {
  readonly decision: Decision;
  readonly variant: string | null;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
  readonly by: string;
}

/** A question on one task, in one environment. */
export interface Experiment {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly task: string;
  readonly environment: string;
  readonly hypothesis: string;
  readonly template: ExperimentTemplate | null;
  /** `given`: someone else assigns and the exposures carry the variant. */
  readonly assignment: 'platform' | 'given';
  readonly state: ExperimentState;
  readonly audience: Condition | null;
  /** What other tasks must answer a unit before this one may take it; all must hold. */
  readonly prerequisites: readonly Prerequisite[];
  /** Named units and the variant they always get; never analysed. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly trafficShare: number;
  /** Stretches of the task's position space it owns; empty before start and for `given`. */
  readonly ranges: readonly HashRange[];
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  readonly dimensions: readonly string[];
  readonly covariates: readonly string[];
  readonly variants: readonly ExperimentVariant[];
  readonly metrics: readonly ExperimentMetric[];
  readonly plan: PlanInput;
  readonly fixedAtStart: FixedAtStart | null;
  readonly conclusion: Conclusion | null;
  readonly clonedFrom: string | null;
  /** Goes up by one at every change; the ETag of the API. */
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly pausedAt: Date | null;
  readonly concludedAt: Date | null;
}

/** The parts of an experiment that a person writes. */
export type ExperimentContent = Pick<
  Experiment,
  | 'name'
  | 'owner'
  | 'tags'
  | 'task'
  | 'environment'
  | 'hypothesis'
  | 'template'
  | 'assignment'
  | 'audience'
  | 'prerequisites'
  | 'overrides'
  | 'trafficShare'
  | 'startAt'
  | 'endAt'
  | 'dimensions'
  | 'covariates'
  | 'variants'
  | 'metrics'
  | 'plan'
>;

/** The control arm. */
export function controlOf<T extends { readonly control: boolean }>(variants: readonly T[]): T {
  const control = variants.find((variant) => variant.control);
  if (!control) throw new Error('an experiment without a control was stored');
  return control;
}
