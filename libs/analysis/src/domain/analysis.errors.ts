import { DomainError } from '@app/kernel';

export type AnalysisErrorCode = 'NO_LOOK_YET' | 'LOOK_NOT_POSSIBLE' | 'LOOK_NOT_TAKEN' | 'DIMENSION_UNKNOWN';

/** A refusal about looks. */
export class AnalysisError extends DomainError<AnalysisErrorCode> {}
