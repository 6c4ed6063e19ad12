import type { Attributes } from '../targeting/condition.js';
import { undrawn } from './answers.js';
import {
  isCarried,
  type CompiledArm,
  type CompiledExperiment,
  type CompiledRollout,
  type CompiledRuleset,
  type CompiledTask,
} from './compiled.js';
import type { Decision } from './decision.js';

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
  const task = compiled.tasks.get(taskKey);
  if (task === undefined) return undrawn(taskKey, null, 'none', 'TASK_UNKNOWN');
  return decideTask(compiled, task, unit, attributes, options !== undefined && options.stale === true);
}

function decideTask(
  compiled: CompiledRuleset,
  task: CompiledTask,
  unit: string | null | undefined,
  attributes: Attributes,
  stale: boolean,
): Decision {
  try {
    if (!task.enabled || task.killedBy !== null) return task.answers.disabled;
    if (typeof unit !== 'string' || unit === '') return task.answers.unitMissing;
    const { overridden, holdout, rollout } = task;
    if (overridden.length > 0) {
      for (const experiment of overridden) {
        const variant = experiment.overrides.get(unit);
        if (variant !== undefined) return variant.overridden;
      }
    }
    if (holdout !== null && holdout.placing.of(unit) < holdout.range[1]) return holdout.held;
    const experiment = experimentFor(compiled, task, unit, attributes, stale);
    if (experiment !== null) return experiment.split.at(experiment.variantPlacing.of(unit))!.drawn;
    if (rollout !== null && (rollout.audience === null || rollout.audience.holds(attributes))) {
      const arm = armFor(task, rollout, unit);
      return stale ? arm.stale : arm.fresh;
    }
    return task.answers.default;
  } catch {
    return task.answers.error;
  }
}

/** The experiment that takes the unit, if one does. */
function experimentFor(
  compiled: CompiledRuleset,
  task: CompiledTask,
  unit: string,
  attributes: Attributes,
  stale: boolean,
): CompiledExperiment | null {
  const { lone } = task;
  if (lone !== null) {
    // Attributes cost less to ask than a hash, and the order of questions that must all hold is free.
    if (!isOpen(lone, attributes)) return null;
    if (task.owners.at(task.placing.of(unit)) !== lone) return null;
    return lone.prerequisites.length === 0 || prerequisitesHold(compiled, lone, unit, attributes, stale)
      ? lone
      : null;
  }
  if (task.owners.isEmpty) return null;
  const owner = task.owners.at(task.placing.of(unit));
  if (owner === undefined || !isOpen(owner, attributes)) return null;
  return owner.prerequisites.length === 0 || prerequisitesHold(compiled, owner, unit, attributes, stale)
    ? owner
    : null;
}

const isOpen = (experiment: CompiledExperiment, attributes: Attributes): boolean =>
  !experiment.paused && (experiment.audience === null || experiment.audience.holds(attributes));

function prerequisitesHold(
  compiled: CompiledRuleset,
  experiment: CompiledExperiment,
  unit: string,
  attributes: Attributes,
  stale: boolean,
): boolean {
  return experiment.prerequisites.every((prerequisite) => {
    const other = compiled.tasks.get(prerequisite.task);
    return other !== undefined && isMet(prerequisite, decideTask(compiled, other, unit, attributes, stale));
  });
}

/** Whether what another task answers is what a prerequisite asks for. Deciding it exposes nothing. */
export function isMet(
  { models, variants }: CompiledExperiment['prerequisites'][number],
  decision: Decision,
): boolean {
  if (models && (decision.model === null || !models.includes(decision.model.key))) return false;
  return !variants || (decision.variant !== null && variants.includes(decision.variant));
}

function armFor(task: CompiledTask, rollout: CompiledRollout, unit: string): CompiledArm {
  if (rollout.carried !== null && isCarried(rollout, task, unit)) return rollout.carried.arm;
  const position = rollout.placing.of(unit);
  if (position < rollout.challengerRange[1]) return rollout.challenger;
  return position >= rollout.controlRange[0] ? rollout.control : rollout.champion;
}
