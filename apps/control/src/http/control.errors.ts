import { DomainError } from '@app/kernel';

/** Refusals of the HTTP layer itself. */
export type ControlErrorCode =
  | 'VALIDATION_FAILED'
  | 'BODY_NOT_JSON'
  | 'BODY_TOO_LARGE'
  | 'MEDIA_TYPE_NOT_SUPPORTED'
  | 'REQUEST_NOT_VALID'
  | 'ROUTE_UNKNOWN'
  | 'IF_MATCH_MISSING'
  | 'IF_MATCH_NOT_VALID'
  | 'IDEMPOTENCY_KEY_NOT_VALID'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'CLOCK_NOT_VIRTUAL'
  | 'CLOCK_BACKWARDS'
  | 'CLOCK_NOT_SETTLED'
  | 'DATABASE_UNAVAILABLE'
  | 'SCHEMA_OUTDATED'
  | 'POWER_NOT_POSSIBLE'
  | 'INTERNAL';

export class ControlError extends DomainError<ControlErrorCode> {}
