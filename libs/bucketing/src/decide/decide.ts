import type { Prerequisite } from '../ruleset.js';
import { allHold } from '../targeting/audience.js';
import type { Attributes } from '../targeting/condition.js';
import { undrawn } from './answers.js';
import { isCarried, type CompiledArm, type CompiledRollout, type CompiledRuleset } from './compiled.js';
import type { Decision } from './decision.js';
import type { ExperimentProgram, TaskProgram } from './program.js';

export interface DecideOptions {
  /** The ruleset has not been confirmed for too long: rollout units get the champion, reason `STALE`. */
  readonly stale?: boolean;
}

const NO_ATTRIBUTES: Attributes = Object.freeze({});

/**
 * Which model serves a unit of a task, and why. First that applies:
 * disabled or gate closed → override → holdout → experiment whose stretch holds the unit, whose audience it is in and
 * whose prerequisites hold → rollout → champion.
 *
 * Pure, and a function of (ruleset, task, unit, attributes) alone. Never throws: what goes wrong inside becomes the
 * champion with reason `ERROR`. Units of one arm are given one frozen object: nothing is allocated for a decision.
 *
 * @param unit the id of the unit of the task's type; null or empty when the caller has none
 */
export function decide(
  compiled: CompiledRuleset,
  taskKey: string,
  unit: string | null | undefined,
  attributes: Attributes = NO_ATTRIBUTES,
  options?: DecideOptions,
): Decision {
  // Callers without types may ask for anything, and an object would be made a text of.
  const program = typeof taskKey === 'string' ? compiled.programs[taskKey] : undefined;
  if (program === undefined) return undrawn(taskKey, null, 'none', 'TASK_UNKNOWN');
  return run(program, compiled, unit, attributes, options !== undefined && options.stale === true);
}

function run(
  program: TaskProgram,
  compiled: CompiledRuleset,
  unit: string | null | undefined,
  attributes: Attributes,
  stale: boolean,
): Decision {
  try {
    if (program.closed !== null) return program.closed;
    if (typeof unit !== 'string' || unit === '') return program.unitMissing;
    if (program.overrides !== null) {
      const named = program.overrides.get(unit);
      if (named !== undefined) return named;
    }
    const { holdout, lone, several, rollout } = program;
    if (holdout !== null && holdout.placing.of(unit) < holdout.range[1]) return holdout.held;
    if (lone !== null) {
      // Attributes cost less to ask than a hash, and questions that must all hold may be asked in any order.
      if (
        allHold(lone.audience, attributes) &&
        (lone.traffic === null || lone.traffic.at(program.placing.biased(unit)) !== undefined) &&
        (lone.prerequisites === null || areMet(lone.prerequisites, compiled, unit, attributes, stale))
      ) {
        return draw(lone, unit);
      }
    } else if (several !== null) {
      const owner = several.at(program.placing.biased(unit));
      if (
        owner !== undefined &&
        allHold(owner.audience, attributes) &&
        (owner.prerequisites === null || areMet(owner.prerequisites, compiled, unit, attributes, stale))
      ) {
        return draw(owner, unit);
      }
    }
    if (rollout !== null && (rollout.audience === null || rollout.audience.holds(attributes))) {
      const arm = armFor(program, rollout, unit);
      return stale ? arm.stale : arm.fresh;
    }
    return program.otherwise;
  } catch {
    return program.error;
  }
}

/** Variants cover their space, so somebody is drawn. */
const draw = ({ split, placing }: ExperimentProgram, unit: string): Decision =>
  split.at(placing.biased(unit))!;

/** Deciding another task exposes nothing. */
function areMet(
  prerequisites: readonly Prerequisite[],
  compiled: CompiledRuleset,
  unit: string,
  attributes: Attributes,
  stale: boolean,
): boolean {
  return prerequisites.every((prerequisite) => {
    const other = compiled.programs[prerequisite.task];
    return other !== undefined && isMet(prerequisite, run(other, compiled, unit, attributes, stale));
  });
}

/** Whether what another task answers is what a prerequisite asks for. */
export function isMet({ models, variants }: Prerequisite, decision: Decision): boolean {
  if (models && (decision.model === null || !models.includes(decision.model.key))) return false;
  return !variants || (decision.variant !== null && variants.includes(decision.variant));
}

function armFor(program: TaskProgram, rollout: CompiledRollout, unit: string): CompiledArm {
  if (rollout.carried !== null && isCarried(rollout, program.placing, unit)) return rollout.carried.arm;
  const position = rollout.placing.of(unit);
  if (position < rollout.challengerRange[1]) return rollout.challenger;
  return position >= rollout.controlRange[0] ? rollout.control : rollout.champion;
}
