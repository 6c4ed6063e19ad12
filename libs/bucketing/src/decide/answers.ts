import type { RulesetExperiment, RulesetModel, RulesetRollout } from '../ruleset.js';
import type { CompiledArm } from './compiled.js';
import type { Decision, DecisionSource, Reason } from './decision.js';

/**
 * Decisions name no unit, so that everybody in an arm is given the same frozen object: deciding allocates nothing.
 */

/** A decision that no hash took part in, or whose hash is none to record. */
export function undrawn(
  task: string,
  model: RulesetModel | null,
  source: DecisionSource,
  reason: Reason,
): Decision {
  return Object.freeze({
    task,
    variant: null,
    exposes: false,
    model,
    source,
    reason,
    experiment: null,
    rollout: null,
    subjectId: null,
    epoch: null,
    propensity: 1,
    carried: false,
  });
}

/** The champion's answer; without a champion nobody serves, and `DEFAULT` becomes `NO_CHAMPION`. */
export function championAnswer(task: string, champion: RulesetModel | null, reason: Reason): Decision {
  if (champion !== null) return undrawn(task, champion, 'champion', reason);
  return undrawn(task, null, 'none', reason === 'DEFAULT' ? 'NO_CHAMPION' : reason);
}

/** The answer to a unit named for a variant, from that to one that draws it. */
export function overrideAnswer(drawn: Decision): Decision {
  return Object.freeze({ ...drawn, source: 'override', reason: 'OVERRIDE', propensity: 1, exposes: false });
}

export function splitAnswer(
  task: string,
  experiment: RulesetExperiment,
  variant: string,
  model: RulesetModel,
  propensity: number,
): Decision {
  return Object.freeze({
    task,
    variant,
    exposes: true,
    model,
    source: 'experiment',
    reason: 'SPLIT',
    experiment: experiment.key,
    rollout: null,
    subjectId: experiment.id,
    epoch: experiment.epoch,
    propensity,
    carried: false,
  });
}

/** @param models who serves the arm, and who serves while the ruleset is unconfirmed for too long */
export function armAnswers(
  task: string,
  rollout: RulesetRollout,
  arm: { readonly variant: string; readonly propensity: number; readonly carried?: boolean },
  models: { readonly fresh: RulesetModel; readonly stale: RulesetModel },
): CompiledArm {
  const answer = (model: RulesetModel, reason: Reason): Decision =>
    Object.freeze({
      task,
      variant: arm.variant,
      exposes: true,
      model,
      source: 'rollout',
      reason,
      experiment: null,
      rollout: rollout.key,
      subjectId: rollout.id,
      epoch: rollout.epoch,
      propensity: arm.propensity,
      carried: arm.carried === true,
    });
  return { fresh: answer(models.fresh, 'ROLLOUT'), stale: answer(models.stale, 'STALE') };
}
