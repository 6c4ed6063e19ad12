import { holds, type HashRange } from '../ranges/hash-range.js';
import type { HashScheme, Prerequisite, Ruleset, RulesetModel, RulesetTask } from '../ruleset.js';
import type { Placing } from '../scheme/placings.js';
import type { Predicate } from '../targeting/compile-condition.js';
import type { Attributes, Condition } from '../targeting/condition.js';
import type { Decision } from './decision.js';
import type { RangeIndex } from './range-index.js';

/** Ranges of everything compiled are in positions of the placing beside them, not in 2^32nds. */
export interface CompiledVariant {
  readonly key: string;
  readonly model: RulesetModel;
  readonly ranges: readonly HashRange[];
  /** Normalised weight. */
  readonly propensity: number;
  /** What every unit is answered that draws this variant, and every unit named for it. */
  readonly drawn: Decision;
  readonly overridden: Decision;
}

export interface CompiledAudience {
  readonly condition: Condition;
  readonly holds: Predicate;
  /** Whether a unit is in one of the segments it names; for explanations. */
  readonly segments: (key: string, attributes: Attributes) => boolean;
}

export interface CompiledExperiment {
  readonly id: string;
  readonly key: string;
  readonly salt: string;
  readonly epoch: number;
  readonly paused: boolean;
  readonly ranges: readonly HashRange[];
  readonly audience: CompiledAudience | null;
  readonly prerequisites: readonly Prerequisite[];
  readonly variantPlacing: Placing;
  readonly variants: readonly CompiledVariant[];
  readonly split: RangeIndex<CompiledVariant>;
  readonly overrides: ReadonlyMap<string, CompiledVariant>;
}

/** An arm of a rollout, as decided: by a fresh ruleset and by a stale one. */
export interface CompiledArm {
  readonly fresh: Decision;
  readonly stale: Decision;
}

export interface CompiledRollout {
  readonly id: string;
  readonly key: string;
  readonly salt: string;
  readonly epoch: number;
  readonly audience: CompiledAudience | null;
  readonly placing: Placing;
  readonly challengerRange: HashRange;
  readonly controlRange: HashRange;
  readonly challenger: CompiledArm;
  readonly control: CompiledArm;
  readonly champion: CompiledArm;
  readonly carried: {
    readonly experiment: string;
    readonly salt: string;
    readonly ranges: readonly HashRange[];
    readonly variantPlacing: Placing;
    readonly range: HashRange;
    readonly arm: CompiledArm;
  } | null;
}

export interface CompiledHoldout {
  readonly key: string;
  readonly salt: string;
  readonly range: HashRange;
  readonly placing: Placing;
  readonly held: Decision;
}

export interface CompiledTask {
  readonly key: string;
  readonly unitType: string;
  readonly hashScheme: HashScheme;
  readonly positionSalt: string;
  readonly enabled: boolean;
  /** The gate that closed the task, if one did. */
  readonly killedBy: string | null;
  readonly champion: RulesetModel | null;
  readonly fallbacks: readonly RulesetModel[];
  readonly placing: Placing;
  readonly experiments: readonly CompiledExperiment[];
  /** Whose stretch of the task's positions a unit stands in. */
  readonly owners: RangeIndex<CompiledExperiment>;
  /** The only experiment that owns any of them: it can be asked before the unit is hashed. */
  readonly lone: CompiledExperiment | null;
  readonly overridden: readonly CompiledExperiment[];
  readonly rollout: CompiledRollout | null;
  readonly holdout: CompiledHoldout | null;
  /** The champion's answers. */
  readonly answers: {
    readonly default: Decision;
    readonly disabled: Decision;
    readonly unitMissing: Decision;
    readonly error: Decision;
  };
}

/** A ruleset made ready to decide from: salts mixed, boundaries laid out, models looked up. Immutable. */
export interface CompiledRuleset {
  readonly environment: string;
  readonly version: number;
  readonly ruleset: Ruleset;
  readonly tasks: ReadonlyMap<string, CompiledTask>;
  /** Rules left out because they cannot be evaluated; their units go to what comes next in the order. */
  readonly problems: readonly string[];
  /** What each task was compiled from, so that the next ruleset can take over what has not changed. */
  readonly sources: ReadonlyMap<string, TaskSource>;
}

/** All that a compiled task depends on. */
export interface TaskSource {
  readonly task: RulesetTask;
  readonly compiled: CompiledTask;
  readonly problems: readonly string[];
  readonly models: ReadonlyArray<readonly [reference: string, model: RulesetModel | undefined]>;
  readonly segments: ReadonlyArray<readonly [key: string, condition: Condition | undefined]>;
  readonly refused: ReadonlyMap<string, string>;
}

/** Whether a rollout keeps this unit on the challenger because it was in the winning arm. */
export function isCarried(rollout: CompiledRollout, task: CompiledTask, unit: string): boolean {
  const { carried } = rollout;
  return (
    carried !== null &&
    holds(carried.ranges, task.placing.of(unit)) &&
    holds([carried.range], carried.variantPlacing.of(unit))
  );
}
