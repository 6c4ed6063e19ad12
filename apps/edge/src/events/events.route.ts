import { mediaTypeOf, readBody } from '../http/read-body.js';
import { type Answer, type Call, ok, type Route } from '../http/route.js';
import type { EventIntake } from './event-intake.js';
import type { MemoryBudget } from './memory-budget.js';
import { readBatch } from './read-batch.js';

const BODY_LIMIT = 16 * 1024 * 1024;

/** POST /api/v1/events: answered once the accepted ones are durable. */
export class EventsRoute implements Route {
  readonly method = 'POST';
  readonly path: string = '/api/v1/events';

  constructor(
    private readonly intake: { take(raw: readonly unknown[], call: Call): Promise<object> },
    /** Batches pile up while the database is slow; beyond this callers keep them. */
    private readonly budget: MemoryBudget,
  ) {}

  async handle(call: Call): Promise<Answer> {
    const { request } = call;
    // Refused before it is read where its size is told; else as it grows, packed bodies by what they unpack to.
    const told = Number(request.headers['content-length'] ?? 0);
    if (told <= BODY_LIMIT) this.budget.require(told);
    const lease = this.budget.lease();
    try {
      const text = await readBody(request, BODY_LIMIT, lease.grow);
      return ok(await this.intake.take(readBatch(mediaTypeOf(request), text), call));
    } finally {
      lease.release();
    }
  }
}

/** POST /api/v1/events/check: what would be said of a batch, and nothing is stored. */
export class EventsCheckRoute extends EventsRoute {
  override readonly path = '/api/v1/events/check';

  constructor(intake: Pick<EventIntake, 'check'>, budget: MemoryBudget) {
    super({ take: (raw, call) => intake.check(raw, call) }, budget);
  }
}
