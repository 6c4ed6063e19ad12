import { DomainError } from '@app/kernel';

/** Codes of the refusals of this capability; docs/errors.md explains each. */
export const ROLLOUT_ERROR_CODES = [
  'APPROVAL_NEEDS_PERSON',
  'APPROVAL_NOT_NEEDED',
  'PROMOTE_NOT_PROVEN',
  'PROMOTE_REFUSED',
  'REASON_REQUIRED',
  'REHEARSAL_NO_HISTORY',
  'ROLLOUT_ADVANCE_REFUSED',
  'ROLLOUT_ALREADY_ACTIVE',
  'ROLLOUT_CONFLICT',
  'ROLLOUT_COOLING_DOWN',
  'ROLLOUT_PLAN_INVALID',
  'ROLLOUT_TRANSITION_REFUSED',
  'ROLLOUT_UNKNOWN',
  'SCHEME_CANNOT_EXPRESS',
  'STAGE_MARGIN_TOO_WIDE',
] as const;

export type RolloutErrorCode = (typeof ROLLOUT_ERROR_CODES)[number];

export class RolloutError extends DomainError<RolloutErrorCode> {}
