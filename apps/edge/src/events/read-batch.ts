import { MAX_EVENTS_PER_BATCH } from '@app/wire';
import { EdgeError } from '../http/edge-error.js';
import { parseJson } from '../http/read-body.js';

/** A line of a batch that is not JSON; judged like any other bad event. */
export const NOT_JSON = Symbol('not JSON');

/**
 * The raw events of a body: `{"events": […]}`, or one a line.
 *
 * @throws EdgeError `BODY_NOT_JSON`, `VALIDATION_FAILED`, `BATCH_TOO_LARGE`, `MEDIA_TYPE_NOT_SUPPORTED`
 */
export function readBatch(mediaType: string, text: string): unknown[] {
  const events = rawEvents(mediaType, text);
  if (events.length > MAX_EVENTS_PER_BATCH) {
    throw new EdgeError(
      'BATCH_TOO_LARGE',
      `a batch holds ${MAX_EVENTS_PER_BATCH} events at most, not ${events.length}`,
    );
  }
  return events;
}

function rawEvents(mediaType: string, text: string): unknown[] {
  switch (mediaType) {
    case 'application/x-ndjson':
    case 'application/ndjson':
    case 'application/jsonl':
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(parseLine);
    case 'application/json':
      return envelope(parseJson(text));
    default:
      throw new EdgeError(
        'MEDIA_TYPE_NOT_SUPPORTED',
        `send Content-Type: application/json or application/x-ndjson, not ${mediaType === '' ? 'a body without a type' : mediaType}`,
      );
  }
}

function envelope(body: unknown): unknown[] {
  const wrong = (field: string, message: string): EdgeError =>
    new EdgeError('VALIDATION_FAILED', `${field || 'the body'} ${message}`, { errors: [{ field, message }] });
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw wrong('', 'must be an object with a list named events');
  }
  const unknown = Object.keys(body).find((key) => key !== 'events');
  if (unknown !== undefined) throw wrong(unknown, 'is not known');
  const { events } = body as { events?: unknown };
  if (!Array.isArray(events)) throw wrong('events', 'must be a list of events');
  return events;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return NOT_JSON;
  }
}
