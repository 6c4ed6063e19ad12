import type { Decision, DecisionSource } from '../decide/decision.js';
import type { RulesetModel } from '../ruleset.js';

/**
 * What flag SDKs hand to their callers as the value of a task: the same JSON whether our server decided or an SDK did by
 * a payload of ours.
 */
export interface ServedValue {
  /** The arm of an experiment or rollout; `holdout` or `champion` where nothing was drawn. */
  readonly variant: string;
  readonly model: RulesetModel;
  readonly source: DecisionSource;
  /** Key of the experiment or rollout to name in exposures and outcomes. */
  readonly experiment?: string;
  readonly rollout?: string;
}

/** @returns null where no model serves */
export function servedValue(decision: Decision): ServedValue | null {
  const { model, source, experiment, rollout } = decision;
  if (model === null) return null;
  return {
    variant: decision.variant ?? (source === 'holdout' ? 'holdout' : 'champion'),
    model,
    source,
    ...(experiment === null ? {} : { experiment }),
    ...(rollout === null ? {} : { rollout }),
  };
}
