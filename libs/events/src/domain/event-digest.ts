import { createHash } from 'node:crypto';
import { canonicalJson } from '@app/kernel';
import type { NewEvent } from './new-event.js';

/**
 * Tells whether two events with one id are one event sent twice: 128 bits of SHA-256 over all that the sender said.
 *
 * The fields stand in a fixed order, so that only attributes need sorting: this runs for every event taken in.
 *
 * @returns 32 lower-case hexadecimal digits
 */
export function eventDigest(event: NewEvent): string {
  const content = JSON.stringify([
    event.type,
    event.task,
    event.units.map(({ unitType, unit }) => [unitType, unit]),
    event.at.getTime(),
    event.metric,
    event.value,
    event.subjectId,
    event.epoch,
    event.variant,
    event.inferenceId,
    event.assignmentId,
    event.evaluator,
    event.evaluatorVersion,
    event.servedModel,
    event.source,
    event.comment,
    event.attributes === null ? null : canonicalJson(event.attributes),
  ]);
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
