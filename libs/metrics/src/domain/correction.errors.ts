import { DomainError } from '@app/kernel';

export type CorrectionErrorCode = 'EVENTS_DROPPED';

/** A refusal to count anew. */
export class CorrectionError extends DomainError<CorrectionErrorCode> {}
