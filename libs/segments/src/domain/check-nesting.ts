import { type Condition, namedSegments, segmentProblem, type Segments } from '@app/bucketing';
import { SegmentError } from './segment.errors.js';

/**
 * Refuses a condition that rests on segments that cannot be followed.
 *
 * @param segments all that it rests on, as far as they exist
 * @throws SegmentError `SEGMENT_UNKNOWN` for one that is not there, `SEGMENT_NESTING` for one that ends up in itself or
 *   a chain longer than evaluation follows
 */
export function checkNesting(condition: Condition, segments: Segments): void {
  const missing = [condition, ...Object.values(segments)]
    .flatMap(namedSegments)
    .filter((key, index, keys) => !Object.hasOwn(segments, key) && keys.indexOf(key) === index);
  if (missing.length > 0) throw unknownSegment(missing);
  const problem = segmentProblem(condition, segments);
  if (problem) throw new SegmentError('SEGMENT_NESTING', problem);
}

/** The refusal of segments that are not there. */
export function unknownSegment(keys: readonly string[]): SegmentError {
  return new SegmentError(
    'SEGMENT_UNKNOWN',
    `there is no segment ${keys.map((key) => `"${key}"`).join(', ')}`,
  );
}
