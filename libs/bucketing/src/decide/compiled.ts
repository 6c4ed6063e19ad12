import { holds, type HashRange } from '../ranges/hash-range.js';
import type { Ruleset, RulesetModel } from '../ruleset.js';
import type { Condition } from '../targeting/condition.js';
import type { RangeIndex } from './range-index.js';

export interface CompiledVariant {
  readonly key: string;
  readonly model: RulesetModel;
  readonly ranges: readonly HashRange[];
  /** Normalised weight. */
  readonly propensity: number;
}

export interface CompiledExperiment {
  readonly id: string;
  readonly key: string;
  readonly epoch: number;
  readonly paused: boolean;
  readonly ranges: readonly HashRange[];
  readonly audience: Condition | null;
  readonly variantPosition: (unit: string) => number;
  readonly variants: readonly CompiledVariant[];
  readonly split: RangeIndex<CompiledVariant>;
  readonly overrides: ReadonlyMap<string, CompiledVariant>;
}

export interface CompiledRollout {
  readonly id: string;
  readonly key: string;
  readonly epoch: number;
  readonly audience: Condition | null;
  readonly position: (unit: string) => number;
  readonly challengerRange: HashRange;
  readonly controlRange: HashRange;
  readonly share: number;
  readonly controlShare: number;
  readonly challenger: RulesetModel;
  readonly champion: RulesetModel;
  readonly carried: {
    readonly experiment: string;
    readonly ranges: readonly HashRange[];
    readonly variantPosition: (unit: string) => number;
    readonly range: HashRange;
  } | null;
}

export interface CompiledTask {
  readonly key: string;
  readonly unitType: string;
  readonly enabled: boolean;
  readonly champion: RulesetModel | null;
  readonly fallbacks: readonly RulesetModel[];
  readonly position: (unit: string) => number;
  readonly experiments: readonly CompiledExperiment[];
  /** Whose stretch of the position space a unit stands in. */
  readonly owners: RangeIndex<CompiledExperiment>;
  readonly overridden: readonly CompiledExperiment[];
  readonly rollout: CompiledRollout | null;
  readonly holdout: {
    key: string;
    range: HashRange;
    model: RulesetModel;
    position: (unit: string) => number;
  } | null;
}

/** A ruleset made ready to decide from: salts mixed, boundaries laid out, models looked up. Immutable. */
export interface CompiledRuleset {
  readonly environment: string;
  readonly version: number;
  readonly ruleset: Ruleset;
  readonly tasks: ReadonlyMap<string, CompiledTask>;
  /** Rules left out because they cannot be evaluated; their units go to what comes next in the order. */
  readonly problems: readonly string[];
}

/** Whether a rollout keeps this unit on the challenger because it was in the winning arm. */
export function isCarried(rollout: CompiledRollout, taskPosition: number, unit: string): boolean {
  const { carried } = rollout;
  return (
    carried !== null &&
    holds(carried.ranges, taskPosition) &&
    holds([carried.range], carried.variantPosition(unit))
  );
}
