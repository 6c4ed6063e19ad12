/**
 * The ruleset snapshot: all that a data plane needs to decide, for one environment. Plain JSON, published whole,
 * versioned and digested; edges and SDKs read formats N and N − 1.
 */

export const RULESET_FORMAT = 1;

export type HashScheme = 'native-v1' | 'unleash' | 'growthbook-v2';

/** A half-open stretch [from, to) of the 32-bit hash space; to may be 2^32. */
export type HashRange = readonly [from: number, to: number];

/** A served model, by its `key@version`. */
export interface RulesetModel {
  readonly key: string;
  readonly version: number;
  readonly provider: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A targeting condition over a unit's attributes; `all`/`any`/`not` nest. An absent attribute matches nothing. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | {
      readonly attribute: string;
      readonly operator:
        | 'equals'
        | 'not-equals'
        | 'in'
        | 'not-in'
        | 'greater'
        | 'at-least'
        | 'less'
        | 'at-most'
        | 'contains'
        | 'starts-with'
        | 'ends-with'
        | 'exists';
      readonly value?: string | number | boolean | ReadonlyArray<string | number | boolean>;
    };

export interface RulesetVariant {
  readonly key: string;
  /** `key@version` of its model in `Ruleset.models`. */
  readonly model: string;
  readonly weight: number;
  readonly control: boolean;
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
  readonly variants: readonly RulesetVariant[];
  /** Named units and the variant they always get; never analysed. */
  readonly overrides: Readonly<Record<string, string>>;
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
  /** Experiment whose winning variant keeps its units on the challenger (carryWinners). */
  readonly carried: {
    readonly experiment: string;
    readonly salt: string;
    readonly ranges: readonly HashRange[];
    readonly from: number;
    readonly to: number;
  } | null;
}

export interface RulesetHoldout {
  readonly key: string;
  readonly salt: string;
  readonly share: number;
  /** Frozen champion of the holdout. */
  readonly model: string;
}

export interface RulesetTask {
  readonly key: string;
  readonly unitType: string;
  readonly hashScheme: HashScheme;
  readonly positionSalt: string;
  readonly enabled: boolean;
  /** `key@version`, or null while no champion is set. */
  readonly champion: string | null;
  readonly fallbacks: readonly string[];
  readonly experiments: readonly RulesetExperiment[];
  readonly rollout: RulesetRollout | null;
  readonly holdout: RulesetHoldout | null;
}

export interface Ruleset {
  readonly format: typeof RULESET_FORMAT;
  readonly environment: string;
  readonly version: number;
  readonly publishedAt: string;
  readonly models: Readonly<Record<string, RulesetModel>>;
  readonly tasks: Readonly<Record<string, RulesetTask>>;
  /** Subjects still taking events (given experiments, those in their grace period): key → id, task, variants. */
  readonly subjects: Readonly<
    Record<
      string,
      {
        readonly id: string;
        readonly kind: 'experiment' | 'rollout';
        readonly task: string;
        readonly variants: readonly string[];
        readonly assignment: 'platform' | 'given';
      }
    >
  >;
}
