import type { HashScheme } from '@app/bucketing';
import type { Actor } from '@app/governance';
import type { MetricPlan, VerdictCode } from '@app/stats';
import type { RampTemplate } from '../domain/ramp-plan.js';
import type { TaskHistory } from '../rehearsal/rehearse.js';

/** What is known of an experiment's variant that someone wants to promote. */
export interface PromotionCandidate {
  readonly experimentId: string;
  readonly experimentKey: string;
  readonly task: string;
  readonly environment: string;
  /** How the task's units are hashed; it limits which shares a stage may have. */
  readonly hashScheme: HashScheme;
  readonly template: RampTemplate | null;
  readonly state: 'draft' | 'running' | 'paused' | 'concluded' | 'archived';
  /** How it was concluded, when it was. */
  readonly decision: string | null;
  readonly plannedUnits: number;
  readonly minDays: number;
  /** Metrics as fixed at the experiment's start, with the ids of their pinned versions, in the same order. */
  readonly metrics: readonly MetricPlan[];
  readonly metricIds: readonly string[];
  readonly variant: string;
  readonly challengerId: string;
  /** Traffic share × normalised weight of the variant. */
  readonly challengerShare: number;
  /** Share of the task's units in the experiment. */
  readonly trafficShare: number;
  readonly controlVariant: string;
  readonly controlModelId: string;
  /** Champion of the task in the environment now; null when none is set. */
  readonly championId: string | null;
  /** The experiment asked about some units only. */
  readonly audienceLimited: boolean;
  readonly look: PromotionLook | null;
}

/** The latest look's word on the variant. */
export interface PromotionLook {
  readonly id: string;
  readonly resultDigest: string;
  readonly at: Date;
  readonly verdict: VerdictCode;
  readonly words: string;
  readonly controlMeans: Readonly<Record<string, number>>;
}

/** The experiment a promotion comes from. */
export abstract class PromotionSource {
  /** Refuses an unknown experiment or variant with the experiments' own codes. */
  abstract candidate(experimentKey: string, variant: string, actor: Actor): Promise<PromotionCandidate>;

  /** What the experiment has shown of the task: units a day, and the units on its control. Null before any. */
  abstract history(candidate: PromotionCandidate): Promise<TaskHistory | null>;

  /** Concludes the experiment with the decision to ship, unless it is concluded already. */
  abstract conclude(candidate: PromotionCandidate, reason: string, actor: Actor): Promise<void>;
}
