import { holds, type HashRange, merged } from '../ranges/hash-range.js';
import type { CarriedUnits, HashScheme, Prerequisite, Ruleset, RulesetModel } from '../ruleset.js';
import { inSpace, type Placing, SCHEME_PLACINGS, type SchemePlacings } from '../scheme/placings.js';
import type { Audience } from '../targeting/audience.js';
import type { Decision } from './decision.js';
import type { HoldoutArm, HoldoutVariant } from './holdout-arm.js';
import type { RefusedExperiments } from './prerequisite-problems.js';
import type { TaskProgram } from './program.js';
import type { RangeIndex } from './range-index.js';

/** Ranges of everything compiled are in positions of the placing beside them, not in 2^32nds. */
export interface CompiledVariant {
  readonly key: string;
  readonly model: RulesetModel;
  readonly ranges: readonly HashRange[];
  /** Normalised weight. */
  readonly propensity: number;
  /** What every unit is answered that draws this variant. */
  readonly drawn: Decision;
}

export interface CompiledExperiment {
  readonly id: string;
  readonly key: string;
  readonly salt: string;
  readonly epoch: number;
  readonly paused: boolean;
  readonly ranges: readonly HashRange[];
  readonly audience: Audience | null;
  readonly prerequisites: readonly Prerequisite[];
  readonly variantPlacing: Placing;
  readonly variants: readonly CompiledVariant[];
  /** What a unit is answered that draws a position of the variant space. */
  readonly split: RangeIndex<Decision>;
  /** Named units and what they are answered. */
  readonly overrides: ReadonlyMap<string, Decision>;
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
  readonly audience: Audience | null;
  readonly placing: Placing;
  readonly challengerRange: HashRange;
  readonly controlRange: HashRange;
  readonly challenger: CompiledArm;
  readonly control: CompiledArm;
  readonly champion: CompiledArm;
  readonly carried:
    | (CompiledCarried & { readonly experiment: string; readonly salt: string; readonly arm: CompiledArm })
    | null;
}

export interface CompiledHoldout {
  readonly key: string;
  readonly salt: string;
  readonly range: HashRange;
  readonly placing: Placing;
  readonly held: Decision;
  /** Null: its units are not measured. */
  readonly measured: {
    /** Units that take part in everything, as many as are held back: with them these are compared. */
    readonly openRange: HashRange;
    readonly arms: Readonly<Record<HoldoutVariant, HoldoutArm>>;
  } | null;
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
  /** The only experiment that owns any of them, if there is one. */
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
  /** All of this as `decide` reads it. */
  readonly program: TaskProgram;
}

/** A ruleset made ready to decide from: salts mixed, boundaries laid out, models looked up. Immutable. */
export interface CompiledRuleset {
  readonly environment: string;
  readonly version: number;
  readonly ruleset: Ruleset;
  readonly tasks: ReadonlyMap<string, CompiledTask>;
  /** The tasks as `decide` reads them: an object without prototype, which is read in less time than a map. */
  readonly programs: Readonly<Record<string, TaskProgram | undefined>>;
  /** Rules left out because they cannot be evaluated; their units go to what comes next in the order. */
  readonly problems: readonly string[];
  /** How the compilation of each task went, so that the next ruleset can take over what has not changed. */
  readonly outcomes: ReadonlyMap<string, TaskOutcome>;
  /** Experiments that were not to be compiled, and why. */
  readonly refused: RefusedExperiments;
}

export interface TaskOutcome {
  readonly compiled: CompiledTask;
  readonly problems: readonly string[];
}

/** Where the units of a winning variant lie: in the task's placing, and in the experiment's own. */
export interface CompiledCarried {
  readonly ranges: readonly HashRange[];
  readonly variantPlacing: Placing;
  readonly range: HashRange;
}

export function compileCarried(
  { experiment, salt, ranges, from, to }: CarriedUnits,
  placings: SchemePlacings,
  taskPlacing: Placing,
): CompiledCarried {
  const variantPlacing = placings.variant({ key: experiment, salt });
  return {
    ranges: inSpace(merged(ranges), taskPlacing.space),
    variantPlacing,
    range: inSpace([[from, to]], variantPlacing.space)[0]!,
  };
}

/** Whether a rollout keeps this unit on the challenger because it was in the winning arm. */
export function isCarried(rollout: CompiledRollout, taskPlacing: Placing, unit: string): boolean {
  const { carried } = rollout;
  return carried !== null && isAmong(carried, taskPlacing, unit);
}

function isAmong(carried: CompiledCarried, taskPlacing: Placing, unit: string): boolean {
  return (
    holds(carried.ranges, taskPlacing.of(unit)) && holds([carried.range], carried.variantPlacing.of(unit))
  );
}

/** Whether a rollout of the task that is over kept this unit. Laid out at every call: such exposures are few. */
export function keptWinner(
  { hashScheme, placing }: CompiledTask,
  carried: CarriedUnits,
  unit: string,
): boolean {
  if (!Object.hasOwn(SCHEME_PLACINGS, hashScheme)) return false;
  return isAmong(compileCarried(carried, SCHEME_PLACINGS[hashScheme], placing), placing, unit);
}

/** The same of the rollout of a task. */
export const keepsWinner = ({ rollout, placing }: CompiledTask, unit: string): boolean =>
  rollout !== null && isCarried(rollout, placing, unit);
