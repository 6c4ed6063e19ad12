import type { ServedValue } from '@app/bucketing';
import type { WireAssignment } from '@app/wire';

/**
 * What flag SDKs are given as the value of a task: the same JSON as in the payloads for local evaluation, and the
 * assignmentId. null where no model serves.
 */
export function servedValueOf(assignment: WireAssignment): (ServedValue & { assignmentId: string }) | null {
  const { model, variant, source, experiment, rollout, assignmentId } = assignment;
  if (model === null) return null;
  return {
    variant: variant ?? (source === 'holdout' ? 'holdout' : 'champion'),
    model,
    source: source as ServedValue['source'],
    ...(experiment === undefined ? {} : { experiment }),
    ...(rollout === undefined ? {} : { rollout }),
    assignmentId,
  };
}
