import type { RulesetModel } from '../ruleset.js';

/**
 * Why a decision is what it is. A closed list: callers switch on it.
 *
 * - `SPLIT`         a running experiment's own hash chose the variant
 * - `ROLLOUT`       a running rollout's hash chose challenger, concurrent control or champion
 * - `OVERRIDE`      the unit is named in an experiment; never analysed
 * - `HOLDOUT`       the unit is held back on a frozen champion
 * - `DEFAULT`       nothing wanted the unit: the champion
 * - `DISABLED`      the task is switched off: the champion
 * - `UNIT_MISSING`  the caller named no unit of the task's type: the champion
 * - `STALE`         a rollout unit while the ruleset is unconfirmed: the champion serves, the arm stays recorded
 * - `NO_CHAMPION`   nothing wanted the unit and no champion is set: no model
 * - `TASK_UNKNOWN`  no such task in this environment: no model
 * - `ERROR`         evaluation failed inside: the champion, if there is one
 */
export const REASONS = [
  'SPLIT',
  'ROLLOUT',
  'OVERRIDE',
  'HOLDOUT',
  'DEFAULT',
  'DISABLED',
  'UNIT_MISSING',
  'STALE',
  'NO_CHAMPION',
  'TASK_UNKNOWN',
  'ERROR',
] as const;

export type Reason = (typeof REASONS)[number];

/** Which rule of a task answered. */
export const DECISION_SOURCES = ['experiment', 'rollout', 'override', 'holdout', 'champion', 'none'] as const;

export type DecisionSource = (typeof DECISION_SOURCES)[number];

/** Arms of a rollout. Units of `champion` are exposures too: harm compares the canary with all of them. */
export const ROLLOUT_VARIANTS = ['challenger', 'control', 'champion'] as const;

export interface Decision {
  readonly task: string;
  /** The assigned arm, also where another model serves (`STALE`); null outside experiments and rollouts. */
  readonly variant: string | null;
  /** Who serves; null only for `NO_CHAMPION`, `TASK_UNKNOWN` and an `ERROR` without champion. */
  readonly model: RulesetModel | null;
  readonly source: DecisionSource;
  readonly reason: Reason;
  /** Key of the experiment that chose, also for its overrides. */
  readonly experiment: string | null;
  /** Key of the rollout that chose. */
  readonly rollout: string | null;
  /** Id of the experiment or rollout that an exposure is filed under. */
  readonly subjectId: string | null;
  readonly epoch: number | null;
  /**
   * Probability of this arm among the units of the same experiment or rollout, in (0, 1]: its normalised weight, or
   * its share. 1 where nothing was drawn.
   */
  readonly propensity: number;
  /** Whether serving this decision is an exposure to record. */
  readonly exposes: boolean;
  /** On the challenger only because an experiment's winner keeps its units: recorded, left out of estimates. */
  readonly carried: boolean;
}
