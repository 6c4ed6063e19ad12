import { hash } from 'node:crypto';
import { canonicalJson } from '@app/kernel';
import type { NewEvent } from './new-event.js';

const DIGEST_BYTES = 16;

/**
 * Tells whether two events with one id are one event sent twice: 128 bits of SHA-256 over all that the sender said.
 *
 * The fields stand in a fixed order, so that only attributes need sorting: this runs for every event taken in.
 *
 * @returns 16 bytes as 16 characters (latin1): compared and kept for each event, and a string is the lightest way to
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
  return hash('sha256', content, 'binary').slice(0, DIGEST_BYTES);
}
