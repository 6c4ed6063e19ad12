import { DomainError } from '@app/kernel';

export type RegistryErrorCode =
  | 'MODEL_UNKNOWN'
  | 'MODEL_REFERENCE_NOT_VALID'
  | 'TASK_UNKNOWN'
  | 'TASK_HAS_TRAFFIC'
  | 'FALLBACKS_REPEAT'
  | 'METRIC_UNKNOWN'
  | 'METRIC_NOT_CONSISTENT'
  | 'RATIO_NEEDS_NUMERATOR'
  | 'QUANTILE_NEEDS_LEVEL'
  | 'BOUNDS_NOT_ORDERED'
  | 'KEY_TAKEN';

/** A refusal about models, tasks or metrics. */
export class RegistryError extends DomainError<RegistryErrorCode> {}
