import { isHeld } from '../http/etag.js';
import type { Answer, Call, Route } from '../http/route.js';

/** GET /api/v1/ruleset: the snapshot as published, for SDKs that evaluate in-process. */
export class RulesetRoute implements Route {
  readonly method = 'GET';
  readonly path = '/api/v1/ruleset';

  handle({ request, snapshot }: Call): Answer {
    const headers = { etag: snapshot.etag, 'cache-control': 'no-cache' };
    if (isHeld(request, snapshot.etag)) return { status: 304, body: null, headers };
    return { status: 200, body: snapshot.body, headers };
  }
}
