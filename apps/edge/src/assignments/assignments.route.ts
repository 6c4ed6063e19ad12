import { assign } from '@app/assignment';
import { type AssignmentsRequest, assignmentsRequestSchema } from '@app/wire';
import type { EdgeClock } from '../edge-clock.js';
import { mediaTypeOf, parseJson, readBody } from '../http/read-body.js';
import { EdgeError } from '../http/edge-error.js';
import { type Answer, type Call, ok, type Route } from '../http/route.js';
import { compile, requireValid } from '../http/validation.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import type { ExposureRecorder } from './exposure-recorder.js';

const BODY_LIMIT = 256 * 1024;

/** POST /api/v1/assignments: decided from memory; storing the exposures is not waited for. */
export class AssignmentsRoute implements Route {
  readonly method = 'POST';
  readonly path = '/api/v1/assignments';
  private readonly validate = compile<AssignmentsRequest>(assignmentsRequestSchema);

  constructor(
    private readonly clock: EdgeClock,
    private readonly recorder: ExposureRecorder,
    private readonly monitoring: Pick<Monitoring, 'decisions'>,
    private readonly isStale: () => boolean,
  ) {}

  async handle({ request, environment, snapshot, tokens }: Call): Promise<Answer> {
    requireJson(mediaTypeOf(request));
    const body = requireValid(this.validate, parseJson(await readBody(request, BODY_LIMIT)));
    // Deciding does not need the time to be right; it must not fail because the database is away.
    await this.clock.refresh()?.catch(() => undefined);
    const { response, exposures, decisions } = assign(body, {
      ruleset: snapshot.compiled,
      tokens,
      now: this.clock.now(),
      stale: this.isStale(),
    });
    for (const { reason } of decisions) this.monitoring.decisions.inc({ environment, reason });
    if (exposures.length > 0) this.recorder.record(environment, exposures);
    return ok(response);
  }
}

/** @throws EdgeError `MEDIA_TYPE_NOT_SUPPORTED` */
export function requireJson(mediaType: string): void {
  if (mediaType === 'application/json') return;
  throw new EdgeError(
    'MEDIA_TYPE_NOT_SUPPORTED',
    `send Content-Type: application/json, not ${mediaType === '' ? 'a body without a type' : mediaType}`,
  );
}
