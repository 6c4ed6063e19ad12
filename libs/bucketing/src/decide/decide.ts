import type { RulesetModel } from '../ruleset.js';
import type { Attributes } from '../targeting/condition.js';
import { matches } from '../targeting/matches.js';
import {
  isCarried,
  type CompiledExperiment,
  type CompiledRollout,
  type CompiledRuleset,
  type CompiledTask,
  type CompiledVariant,
} from './compiled.js';
import type { Decision, DecisionSource, Reason } from './decision.js';

export interface DecideOptions {
  /** The ruleset has not been confirmed for too long: rollout units get the champion, reason `STALE`. */
  readonly stale?: boolean;
}

const NO_ATTRIBUTES: Attributes = Object.freeze({});

/**
 * Which model serves a unit of a task, and why. First that applies:
 * disabled → override → holdout → experiment whose stretch holds the unit and whose audience it is in → rollout →
 * champion.
 *
 * Pure, and a function of (ruleset, task, unit, attributes) alone. Never throws: what goes wrong inside becomes the
 * champion with reason `ERROR`.
 *
 * @param unit the id of the unit of the task's type; null or empty when the caller has none
 */
export function decide(
  compiled: CompiledRuleset,
  taskKey: string,
  unit: string | null | undefined,
  attributes: Attributes = NO_ATTRIBUTES,
  options: DecideOptions = {},
): Decision {
  const task = compiled.tasks.get(taskKey);
  if (!task) return undrawn(taskKey, null, 'none', 'TASK_UNKNOWN');
  try {
    return decideTask(task, unit, attributes, options.stale === true);
  } catch {
    return undrawn(taskKey, task.champion, 'champion', 'ERROR');
  }
}

function decideTask(
  task: CompiledTask,
  unit: string | null | undefined,
  attributes: Attributes,
  stale: boolean,
): Decision {
  if (!task.enabled) return champion(task, 'DISABLED');
  if (typeof unit !== 'string' || unit === '') return champion(task, 'UNIT_MISSING');

  for (const experiment of task.overridden) {
    const variant = experiment.overrides.get(unit);
    if (variant) return overridden(task, experiment, variant);
  }
  if (task.holdout && task.holdout.position(unit) < task.holdout.range[1]) {
    return undrawn(task.key, task.holdout.model, 'holdout', 'HOLDOUT');
  }
  const position = task.position(unit);
  const owner = task.owners.at(position);
  if (owner && !owner.paused && (owner.audience === null || matches(owner.audience, attributes))) {
    return drawn(task, owner, owner.split.at(owner.variantPosition(unit))!);
  }
  const { rollout } = task;
  if (rollout && (rollout.audience === null || matches(rollout.audience, attributes))) {
    return rolledOut(task, rollout, position, unit, stale);
  }
  return champion(task, 'DEFAULT');
}

function champion(task: CompiledTask, reason: Reason): Decision {
  if (task.champion === null)
    return undrawn(task.key, null, 'none', reason === 'DEFAULT' ? 'NO_CHAMPION' : reason);
  return undrawn(task.key, task.champion, 'champion', reason);
}

function undrawn(task: string, model: RulesetModel | null, source: DecisionSource, reason: Reason): Decision {
  return {
    task,
    variant: null,
    model,
    source,
    reason,
    experiment: null,
    rollout: null,
    subjectId: null,
    epoch: null,
    propensity: 1,
    exposes: false,
    carried: false,
  };
}

function overridden(task: CompiledTask, experiment: CompiledExperiment, variant: CompiledVariant): Decision {
  return {
    ...undrawn(task.key, variant.model, 'override', 'OVERRIDE'),
    variant: variant.key,
    experiment: experiment.key,
    subjectId: experiment.id,
    epoch: experiment.epoch,
  };
}

function drawn(task: CompiledTask, experiment: CompiledExperiment, variant: CompiledVariant): Decision {
  return {
    task: task.key,
    variant: variant.key,
    model: variant.model,
    source: 'experiment',
    reason: 'SPLIT',
    experiment: experiment.key,
    rollout: null,
    subjectId: experiment.id,
    epoch: experiment.epoch,
    propensity: variant.propensity,
    exposes: true,
    carried: false,
  };
}

function rolledOut(
  task: CompiledTask,
  rollout: CompiledRollout,
  position: number,
  unit: string,
  stale: boolean,
): Decision {
  const carried = isCarried(rollout, position, unit);
  const arm = carried ? carriedArm : armOf(rollout, rollout.position(unit));
  return {
    task: task.key,
    variant: arm.variant,
    model: arm.variant === 'challenger' && !stale ? rollout.challenger : rollout.champion,
    source: 'rollout',
    reason: stale ? 'STALE' : 'ROLLOUT',
    experiment: null,
    rollout: rollout.key,
    subjectId: rollout.id,
    epoch: rollout.epoch,
    propensity: arm.propensity,
    exposes: true,
    carried,
  };
}

const carriedArm = { variant: 'challenger', propensity: 1 };

function armOf(rollout: CompiledRollout, position: number): { variant: string; propensity: number } {
  if (position < rollout.challengerRange[1]) return { variant: 'challenger', propensity: rollout.share };
  if (position >= rollout.controlRange[0]) return { variant: 'control', propensity: rollout.controlShare };
  return { variant: 'champion', propensity: 1 - rollout.share - rollout.controlShare };
}
