import type { Attributes, Reason, RulesetModel } from '@app/bucketing';
import { ErrorCode, type EvaluationContext, type ResolutionDetails } from '@openfeature/server-sdk';
import type { Assignment } from '../assignment.js';
import type { UnitOrUnits } from '../events/outcome.js';
import { recordable } from '../exposures/attributes.js';

/**
 * Our reasons in OpenFeature's words, as the OFREP route of the edge has them; ours goes along as `contenderReason`.
 * OFREP has no word for `STALE`.
 */
const REASONS: Partial<Record<Reason, string>> = {
  SPLIT: 'SPLIT',
  ROLLOUT: 'SPLIT',
  HOLDOUT: 'SPLIT',
  OVERRIDE: 'TARGETING_MATCH',
  DEFAULT: 'STATIC',
  DISABLED: 'DISABLED',
  STALE: 'STALE',
};

/** Whom a context is about, and what it says of the unit: all but `targetingKey` and `units`. */
export function questionOf(context: EvaluationContext): {
  readonly unit: UnitOrUnits;
  readonly attributes: Attributes | undefined;
} {
  const { targetingKey, units, ...rest } = context;
  const plain: Record<string, unknown> = {};
  // What the edge would read in the JSON of it, so that both decide alike.
  for (const [name, value] of Object.entries(rest)) {
    plain[name] = value instanceof Date ? value.toISOString() : value;
  }
  return {
    unit: isUnits(units)
      ? { ...(targetingKey !== undefined && { '': targetingKey }), ...units }
      : (targetingKey ?? ''),
    attributes: recordable(plain, Infinity) ?? undefined,
  };
}

const isUnits = (units: unknown): units is Record<string, string> =>
  typeof units === 'object' && units !== null && !Array.isArray(units) && !(units instanceof Date);

/** An assignment as OpenFeature says it; `valueOf` makes the value of a model. */
export function detailsOf<T>(
  { task, reason, model, variant, source, experiment, rollout, propensity }: Assignment,
  defaultValue: T,
  valueOf: (model: RulesetModel) => T,
): ResolutionDetails<T> {
  if (reason === 'TASK_UNKNOWN')
    return failed(defaultValue, ErrorCode.FLAG_NOT_FOUND, `there is no task ${task}`);
  if (reason === 'UNIT_MISSING') {
    const words = 'the context has neither a targetingKey nor, in units, an id of the type of the task';
    return failed(defaultValue, ErrorCode.TARGETING_KEY_MISSING, words);
  }
  if (reason === 'ERROR' && model === null) {
    return failed(
      defaultValue,
      ErrorCode.GENERAL,
      'nothing could be decided; the client told its onError why',
    );
  }
  return {
    value: model === null ? defaultValue : valueOf(model as RulesetModel),
    reason: REASONS[reason] ?? 'UNKNOWN',
    ...(variant !== null && { variant }),
    flagMetadata: {
      ...(model !== null && {
        model: model.key,
        modelVersion: model.version,
        provider: model.provider,
        modelName: model.name,
        parameters: JSON.stringify(model.parameters),
      }),
      source,
      contenderReason: reason,
      ...(experiment !== null && { experiment }),
      ...(rollout !== null && { rollout }),
      propensity,
    },
  };
}

export const failed = <T>(value: T, errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> => ({
  value,
  errorCode,
  errorMessage,
  reason: 'ERROR',
});
