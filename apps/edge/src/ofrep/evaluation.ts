import { usableAttributes } from '../assignments/usable-attributes.js';
import {
  type AssignmentsRequest,
  type OfrepEvaluation,
  type OfrepFailure,
  type OfrepRequest,
  type WireAssignment,
} from '@app/wire';

/** Our reasons in OFREP's closed list; ours goes along as `contenderReason`. */
const REASONS: Readonly<Record<string, OfrepEvaluation['reason']>> = {
  SPLIT: 'SPLIT',
  ROLLOUT: 'SPLIT',
  HOLDOUT: 'SPLIT',
  OVERRIDE: 'TARGETING_MATCH',
  DEFAULT: 'STATIC',
  DISABLED: 'DISABLED',
};

/** The assignment that a context asks for: everything beside the unit is an attribute. */
export function assignmentsRequestOf(
  { context }: OfrepRequest,
  more: Pick<AssignmentsRequest, 'tasks' | 'expose'>,
): AssignmentsRequest {
  const { targetingKey: unit, units } = context;
  return { unit, units, attributes: usableAttributes(attributesIn(context)), ...more };
}

/** One by one: what `...rest` makes is an object whose properties are slow to read, and every task reads them. */
function attributesIn(context: OfrepRequest['context']): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const name of Object.keys(context)) {
    if (name === 'targetingKey' || name === 'units' || name === '__proto__') continue;
    attributes[name] = context[name];
  }
  return attributes;
}

/** One assignment as OFREP says it. */
export function evaluationOf(
  assignment: WireAssignment,
  environment: string,
): OfrepEvaluation | OfrepFailure {
  const { task: key, reason, model, variant } = assignment;
  if (reason === 'TASK_UNKNOWN') {
    return { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: `there is no task ${key} in ${environment}` };
  }
  if (reason === 'UNIT_MISSING') {
    return {
      key,
      errorCode: 'TARGETING_KEY_MISSING',
      errorDetails: 'the context has neither a targetingKey nor, in units, an id of the type of the task',
    };
  }
  return {
    key,
    ...(model && { value: `${model.key}@${model.version}` }),
    reason: REASONS[reason] ?? 'UNKNOWN',
    ...(variant !== null && { variant }),
    metadata: {
      ...(model && {
        model: model.key,
        modelVersion: model.version,
        provider: model.provider,
        modelName: model.name,
        parameters: JSON.stringify(model.parameters),
      }),
      source: assignment.source,
      contenderReason: reason,
      ...(assignment.experiment !== undefined && { experiment: assignment.experiment }),
      ...(assignment.rollout !== undefined && { rollout: assignment.rollout }),
      propensity: assignment.propensity,
      assignmentId: assignment.assignmentId,
    },
  };
}

export const isFailure = (one: OfrepEvaluation | OfrepFailure): one is OfrepFailure => 'errorCode' in one;
