import type { UnleashToggle, WireAssignment } from '@app/wire';
import { servedValueOf } from '../assignments/served-value-of.js';

/**
 * An assignment as an enabled toggle; null where no model serves, which Unleash says by leaving the toggle out. The
 * variant's payload is what SDKs that evaluate on their own are given (`ServedValue`), and the assignmentId, so that
 * outcomes can be sent for exactly this arm.
 */
export function toggleOf(assignment: WireAssignment): UnleashToggle | null {
  const value = servedValueOf(assignment);
  if (value === null) return null;
  return {
    name: assignment.task,
    enabled: true,
    impressionData: true,
    variant: {
      name: value.variant,
      enabled: true,
      feature_enabled: true,
      payload: { type: 'json', value: JSON.stringify(value) },
    },
  };
}
