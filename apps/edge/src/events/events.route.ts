import { mediaTypeOf, readBody } from '../http/read-body.js';
import { type Answer, type Call, ok, type Route } from '../http/route.js';
import type { EventIntake } from './event-intake.js';
import { readBatch } from './read-batch.js';

const BODY_LIMIT = 16 * 1024 * 1024;

/** POST /api/v1/events: answered once the accepted ones are durable. */
export class EventsRoute implements Route {
  readonly method = 'POST';
  readonly path = '/api/v1/events';

  constructor(private readonly intake: EventIntake) {}

  async handle(call: Call): Promise<Answer> {
    const text = await readBody(call.request, BODY_LIMIT);
    return ok(await this.intake.take(readBatch(mediaTypeOf(call.request), text), call));
  }
}
