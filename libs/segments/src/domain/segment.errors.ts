import { DomainError } from '@app/kernel';

export type SegmentErrorCode =
  | 'SEGMENT_UNKNOWN'
  | 'SEGMENT_IN_USE'
  | 'SEGMENT_NESTING'
  | 'SCHEME_CANNOT_EXPRESS'
  | 'REVISION_MISMATCH'
  | 'KEY_TAKEN';

/** A refusal about a named audience. */
export class SegmentError extends DomainError<SegmentErrorCode> {}
