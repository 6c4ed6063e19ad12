import { DomainError } from '@app/kernel';

export type HoldoutErrorCode =
  | 'HOLDOUT_UNKNOWN'
  | 'HOLDOUT_OVERLAPS'
  | 'HOLDOUT_NEEDS_CHAMPION'
  | 'HOLDOUT_UNITS_DIFFER'
  | 'METRIC_UNIT_MISMATCH'
  | 'METRIC_NOT_DECIDABLE'
  | 'SCHEME_CANNOT_EXPRESS'
  | 'STATE_NOT_ALLOWED'
  | 'DATES_NOT_ORDERED'
  | 'START_HAS_PASSED'
  | 'END_HAS_PASSED'
  | 'KEY_TAKEN';

/** A refusal about units that are held back. */
export class HoldoutError extends DomainError<HoldoutErrorCode> {}
