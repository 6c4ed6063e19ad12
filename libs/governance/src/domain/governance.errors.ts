import { DomainError } from '@app/kernel';

export type GovernanceErrorCode =
  | 'API_KEY_MISSING'
  | 'API_KEY_NOT_VALID'
  | 'API_KEY_REVOKED'
  | 'API_KEY_UNKNOWN'
  | 'ROLE_NOT_ALLOWED'
  | 'ENVIRONMENT_NOT_ALLOWED'
  | 'ENVIRONMENT_UNKNOWN'
  | 'SERVICE_KEY_NEEDS_ENVIRONMENT'
  | 'LAST_ADMIN_KEY'
  | 'KEY_TAKEN'
  | 'CURSOR_NOT_VALID';

/** A refusal about who acts, where, or how a list is read. */
export class GovernanceError extends DomainError<GovernanceErrorCode> {}
