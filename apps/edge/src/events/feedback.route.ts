import { uuidv7 } from '@app/kernel';
import {
  FEEDBACK_METRICS,
  type FeedbackRequest,
  feedbackRequestSchema,
  type FeedbackResponse,
  type WireEvent,
} from '@app/wire';
import { requireJson } from '../assignments/assignments.route.js';
import type { EdgeClock } from '../edge-clock.js';
import { EdgeError } from '../http/edge-error.js';
import { mediaTypeOf, parseJson, readBody } from '../http/read-body.js';
import { type Answer, type Call, ok, type Route } from '../http/route.js';
import { compile, requireValid } from '../http/validation.js';
import type { EventIntake } from './event-intake.js';

const BODY_LIMIT = 64 * 1024;

/** POST /api/v1/feedback: a thumb or a rating becomes an outcome, by the same rules as every other. */
export class FeedbackRoute implements Route {
  readonly method = 'POST';
  readonly path = '/api/v1/feedback';
  private readonly validate = compile<FeedbackRequest>(feedbackRequestSchema);

  constructor(
    private readonly intake: EventIntake,
    private readonly clock: EdgeClock,
  ) {}

  async handle(call: Call): Promise<Answer> {
    requireJson(mediaTypeOf(call.request));
    const given = requireValid(this.validate, parseJson(await readBody(call.request, BODY_LIMIT)));
    await this.clock.refresh()?.catch(() => undefined);
    const event = outcomeOf(given, this.clock.now());
    const { duplicates, rejected, spooled = 0 } = await this.intake.take([event], call);
    const [refused] = rejected;
    if (refused) throw new EdgeError('EVENT_REJECTED', `${refused.code}: ${refused.message}`);
    const known = { id: event.id, duplicate: duplicates > 0 };
    return ok((spooled > 0 ? { ...known, spooled: true } : known) satisfies FeedbackResponse);
  }
}

/** The outcome that feedback becomes; its comment is kept with it. */
export function outcomeOf(given: FeedbackRequest, now: Date): WireEvent {
  const { thumb, rating, at, id, ...rest } = given;
  return {
    ...rest,
    id: id ?? uuidv7(now),
    type: 'outcome',
    at: at ?? now.toISOString(),
    metric: thumb === undefined ? FEEDBACK_METRICS.rating : FEEDBACK_METRICS.thumb,
    value: thumb === undefined ? rating! : thumb === 'up' ? 1 : 0,
    source: 'feedback',
  };
}
