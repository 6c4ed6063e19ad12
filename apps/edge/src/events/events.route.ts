import { mediaTypeOf, readBody } from '../http/read-body.js';
import { type Answer, type Call, ok, type Route } from '../http/route.js';
import { type EventIntake, unavailable } from './event-intake.js';
import { readBatch } from './read-batch.js';

const BODY_LIMIT = 16 * 1024 * 1024;
/** Characters of batches being stored at one time. While the database hangs they pile up; beyond this callers keep them. */
const HELD_LIMIT = 4 * BODY_LIMIT;

/** POST /api/v1/events: answered once the accepted ones are durable. */
export class EventsRoute implements Route {
  readonly method = 'POST';
  readonly path = '/api/v1/events';

  private held = 0;

  constructor(private readonly intake: Pick<EventIntake, 'take'>) {}

  async handle(call: Call): Promise<Answer> {
    const text = await readBody(call.request, BODY_LIMIT);
    const size = text.length;
    if (this.held + size > HELD_LIMIT) throw unavailable(new Error('too many batches wait to be stored'));
    this.held += size;
    try {
      return ok(await this.intake.take(readBatch(mediaTypeOf(call.request), text), call));
    } finally {
      this.held -= size;
    }
  }
}
