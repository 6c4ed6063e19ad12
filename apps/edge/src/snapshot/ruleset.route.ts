import { isHeld } from '../http/etag.js';
import type { Answer, Call, Route } from '../http/route.js';
import type { RulesetTexts } from './ruleset-texts.js';

/** GET /api/v1/ruleset: the snapshot as published, for SDKs that evaluate in-process. */
export class RulesetRoute implements Route {
  readonly method = 'GET';
  readonly path = '/api/v1/ruleset';

  constructor(
    private readonly texts: RulesetTexts,
    private readonly unconfirmedMs: () => number | null,
  ) {}

  handle({ request, snapshot }: Call): Answer | Promise<Answer> {
    const headers = { etag: snapshot.etag, 'cache-control': 'no-cache', age: this.ageSeconds() };
    if (isHeld(request, snapshot.etag)) return { status: 304, body: null, headers };
    return this.texts.of(snapshot).then((body) => ({ status: 200, body, headers }));
  }

  /** Since the database last said that this is the newest: an SDK's idea of stale must not begin anew with every edge. */
  private ageSeconds(): string {
    return String(Math.floor((this.unconfirmedMs() ?? 0) / 1000));
  }
}
