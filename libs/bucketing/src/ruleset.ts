/**
 * The ruleset snapshot: all that a data plane needs to decide, for one environment. Plain JSON, published whole,
 * versioned and digested; edges and SDKs read formats N and N − 1.
 */

import type { HashRange } from './ranges/hash-range.js';
import type { Condition } from './targeting/condition.js';

export const RULESET_FORMAT = 2;

/** Formats that this code reads: the newest and the one before it. Format 1 has no segments, gates or prerequisites. */
export const READABLE_FORMATS: readonly number[] = [1, RULESET_FORMAT];

export type HashScheme = 'native-v1' | 'unleash' | 'growthbook-v2';

/** A served model, by its `key@version`. */
export interface RulesetModel {
  readonly key: string;
  readonly version: number;
  readonly provider: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface RulesetVariant {
  readonly key: string;
  /** `key@version` of its model in `Ruleset.models`. */
  readonly model: string;
  readonly weight: number;
  readonly control: boolean;
  /**
   * Its stretches of the variant space once an edit has moved them away from the plain order of weights
   * (`allocateVariants`); absent: the arms follow one another by weight. All variants have them or none.
   */
  readonly ranges?: readonly HashRange[];
}

/** A running experiment (or a paused one, which assigns nobody new but keeps its ranges). */
export interface RulesetExperiment {
  readonly id: string;
  readonly key: string;
  /** Epoch in force; exposures carry it. */
  readonly epoch: number;
  readonly salt: string;
  readonly assignment: 'platform' | 'given';
  readonly paused: boolean;
  /** Stretches of the task's position hash that this experiment owns. */
  readonly ranges: readonly HashRange[];
  readonly audience: Condition | null;
  /** All must hold for a unit before this experiment may take it. */
  readonly prerequisites?: readonly Prerequisite[];
  readonly variants: readonly RulesetVariant[];
  /** Named units and the variant they always get; never analysed. */
  readonly overrides: Readonly<Record<string, string>>;
}

/**
 * What another task of the same unit type must answer a unit: one of these models (by key, any version), one of these
 * variants, or both where both are given. The other task is decided for the same unit and attributes and exposes nothing.
 */
export interface Prerequisite {
  readonly task: string;
  readonly models?: readonly string[];
  readonly variants?: readonly string[];
}

/** A running rollout: challenger [0, share), concurrent control [1 − controlShare, 1), the rest champion. */
export interface RulesetRollout {
  readonly id: string;
  readonly key: string;
  readonly epoch: number;
  readonly salt: string;
  readonly stage: number;
  readonly share: number;
  readonly controlShare: number;
  readonly challenger: string;
  readonly champion: string;
  readonly audience: Condition | null;
  readonly carried: CarriedUnits | null;
}

/** Units of an experiment's winning variant that stay on the challenger of the rollout (carryWinners). */
export interface CarriedUnits {
  readonly experiment: string;
  readonly salt: string;
  readonly ranges: readonly HashRange[];
  readonly from: number;
  readonly to: number;
}

export interface RulesetHoldout {
  readonly key: string;
  readonly salt: string;
  readonly share: number;
  /** Frozen champion of the holdout. */
  readonly model: string;
  /** How its units are measured; absent in rulesets older than that. */
  readonly measured?: {
    readonly id: string;
    /** Epoch in force; exposures carry it. */
    readonly epoch: number;
    /** What was assigned earlier is of nobody who was held back, or could have been. RFC 3339. */
    readonly since: string;
  };
}

export interface RulesetTask {
  readonly key: string;
  readonly unitType: string;
  readonly hashScheme: HashScheme;
  readonly positionSalt: string;
  readonly enabled: boolean;
  /**
   * Names of a gate in the organisation's own Unleash server that is closed: the task answers its champion, reason
   * `DISABLED`. Absent: no gate, or an open one.
   */
  readonly killedBy?: string;
  /** `key@version`, or null while no champion is set. */
  readonly champion: string | null;
  readonly fallbacks: readonly string[];
  readonly experiments: readonly RulesetExperiment[];
  readonly rollout: RulesetRollout | null;
  readonly holdout: RulesetHoldout | null;
}

export interface Ruleset {
  readonly format: number;
  readonly environment: string;
  readonly version: number;
  readonly publishedAt: string;
  readonly models: Readonly<Record<string, RulesetModel>>;
  readonly tasks: Readonly<Record<string, RulesetTask>>;
  /** Named audiences, by key; conditions refer to them by `{ segment }`. */
  readonly segments?: Readonly<Record<string, Condition>>;
  /**
   * Subjects still taking events (platform and given experiments, rollouts, holdouts, and those in their grace period), by
   * `subjectRef(kind, key)`: an experiment and a rollout may have one key.
   */
  readonly subjects: Readonly<Record<string, RulesetSubject>>;
}

/** What units are measured in: an experiment, a rollout, or a holdout. */
export type SubjectKind = 'experiment' | 'rollout' | 'holdout';

/** What intake needs to know of a subject to file an event under it. */
export interface RulesetSubject {
  readonly id: string;
  readonly kind: SubjectKind;
  readonly key: string;
  /** Of a holdout, the first of its tasks. */
  readonly task: string;
  readonly variants: readonly string[];
  readonly assignment: 'platform' | 'given';
  /** Of a rollout that is over: the units that were not drawn for it. Their exposures may still arrive. */
  readonly carried?: CarriedUnits;
}

/** Name of a subject in `Ruleset.subjects`: `experiment:<key>`, `rollout:<key>` or `holdout:<key>`. */
export function subjectRef(kind: SubjectKind, key: string): string {
  return `${kind}:${key}`;
}
