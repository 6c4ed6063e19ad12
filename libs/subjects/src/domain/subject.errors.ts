import { DomainError } from '@app/kernel';

export type SubjectErrorCode = 'SUBJECT_UNKNOWN';

/** A refusal about what is measured. */
export class SubjectError extends DomainError<SubjectErrorCode> {}
