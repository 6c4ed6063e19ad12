import { DomainError } from '@app/kernel';

export type ExperimentErrorCode =
  | 'EXPERIMENT_UNKNOWN'
  | 'KEY_TAKEN'
  | 'STATE_NOT_ALLOWED'
  | 'REVISION_MISMATCH'
  | 'PLAN_IS_FIXED'
  | 'CONTROL_MISSING'
  | 'CONTROL_REPEATED'
  | 'VARIANTS_TOO_FEW'
  | 'VARIANT_REPEATED'
  | 'VARIANT_UNKNOWN'
  | 'VARIANT_NEEDED'
  | 'WEIGHTS_NOT_VALID'
  | 'METRIC_REPEATED'
  | 'MDE_MISSING'
  | 'METRIC_FIELDS_NOT_ALLOWED'
  | 'METRIC_HAS_NO_DIRECTION'
  | 'METRIC_NOT_DECIDABLE'
  | 'METRIC_UNIT_MISMATCH'
  | 'SUCCESS_METRIC_MISSING'
  | 'AUDIENCE_NOT_VALID'
  | 'DATES_NOT_ORDERED'
  | 'END_HAS_PASSED'
  | 'START_HAS_PASSED'
  | 'TRAFFIC_NOT_AVAILABLE';

/** A refusal about an experiment. */
export class ExperimentError extends DomainError<ExperimentErrorCode> {}
