import type { IncomingMessage } from 'node:http';
import { type GrowthbookEvalRequest, growthbookEvalRequestSchema } from '@app/wire';
import type { Assigner } from '../assignments/assigner.js';
import { BODY_LIMIT, requireJson } from '../assignments/assignments.route.js';
import { isHeld } from '../http/etag.js';
import { mediaTypeOf, parseJson, readBody } from '../http/read-body.js';
import { type Answer, type Call, ok, type Route, type StreamAnswer } from '../http/route.js';
import { compile, requireValid } from '../http/validation.js';
import type { RulesetStreams, Telling } from '../stream/ruleset-streams.js';
import { clientKeyId, type ClientKeys } from './client-key.js';
import { growthbookPayload } from './feature-feed.js';
import { assignmentsRequestOf, remoteFeatureOf } from './remote-feature.js';

/** SDKs open /sub/:clientKey only where an answer says that it is there. */
const TELLS = { 'x-sse-support': 'enabled' };

/** GET /api/features/:clientKey: for SDKs that evaluate on their own. */
export class GrowthbookFeaturesRoute implements Route {
  readonly method = 'GET';
  readonly path = '/api/features/';

  constructor(private readonly keys: ClientKeys) {}

  authenticate(request: IncomingMessage, rest: string): string | Promise<string> {
    return this.keys(request, rest);
  }

  handle({ request, snapshot }: Call): Answer {
    const { body, etag } = growthbookPayload(snapshot.compiled);
    const headers = { etag, 'cache-control': 'no-cache', ...TELLS };
    return isHeld(request, etag) ? { status: 304, body: null, headers } : { status: 200, body, headers };
  }
}

const validate = compile<GrowthbookEvalRequest>(growthbookEvalRequestSchema);

/** POST /api/eval/:clientKey: every task evaluated here, under every hash scheme. Exposes nobody. */
export class GrowthbookEvalRoute implements Route {
  readonly method = 'POST';
  readonly path = '/api/eval/';

  constructor(
    private readonly keys: ClientKeys,
    private readonly assigner: Assigner,
  ) {}

  authenticate(request: IncomingMessage, rest: string): string | Promise<string> {
    return this.keys(request, rest);
  }

  async handle({ request, environment, snapshot, tokens }: Call): Promise<Answer> {
    requireJson(mediaTypeOf(request));
    const { attributes } = requireValid(validate, parseJson(await readBody(request, BODY_LIMIT)));
    const { compiled } = snapshot;
    const asked = assignmentsRequestOf(attributes ?? {}, compiled);
    const from = { environment, ruleset: compiled, tokens };
    const { response } = await this.assigner.assign({ ...asked, expose: false }, from);
    const features = Object.fromEntries(
      response.assignments.map((one) => [one.task, remoteFeatureOf(one, compiled, asked)]),
    );
    const dateUpdated = compiled.ruleset.publishedAt;
    return {
      ...ok({ status: 200, features, dateUpdated }),
      headers: { 'cache-control': 'no-store', ...TELLS },
    };
  }
}

/**
 * Not the features themselves: the same stream is listened to by SDKs that evaluate and by those that ask, and what
 * serves one would overwrite what the other was answered. Both fetch anew.
 */
const updated: Telling = ({ compiled }) => ({
  event: 'features-updated',
  data: { dateUpdated: compiled.ruleset.publishedAt },
});

/** GET /sub/:clientKey: tells of new rules. */
export class GrowthbookStreamRoute implements Route {
  readonly method = 'GET';
  readonly path = '/sub/';

  constructor(
    private readonly keys: ClientKeys,
    private readonly streams: RulesetStreams,
  ) {}

  authenticate(request: IncomingMessage, rest: string): string | Promise<string> {
    return this.keys(request, rest);
  }

  handle({ request, environment, rest }: Call): StreamAnswer {
    const known = request.headers['last-event-id'];
    // A new listener has just fetched: only what changes from here on is news to it.
    return this.streams.open({
      environment,
      telling: updated,
      lastEventId: typeof known === 'string' ? known : this.streams.current(environment),
      keyId: clientKeyId(request, rest),
    });
  }
}
