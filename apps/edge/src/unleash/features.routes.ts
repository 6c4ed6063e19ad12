import type { IncomingMessage } from 'node:http';
import { keyIdOf } from '../http/authenticate.js';
import { EdgeError } from '../http/edge-error.js';
import { isHeld } from '../http/etag.js';
import { type Answer, type Call, ok, type Route, type StreamAnswer } from '../http/route.js';
import type { RulesetStreams } from '../stream/ruleset-streams.js';
import { notLocal, type UnleashDelta, type UnleashFeed } from './feature-feed.js';

/** Which features an SDK asks for; tasks are in the project `default` and have no tags. */
interface Query {
  readonly namePrefix: string;
  readonly none: boolean;
}

function queryOf({ url = '' }: IncomingMessage): Query {
  const at = url.indexOf('?');
  const given = new URLSearchParams(at < 0 ? '' : url.slice(at));
  const projects = given.getAll('project');
  return {
    namePrefix: given.get('namePrefix') ?? '',
    none:
      given.has('tag') || (projects.length > 0 && !projects.some((one) => ['default', '*'].includes(one))),
  };
}

const wants = (query: Query, name: string): boolean => !query.none && name.startsWith(query.namePrefix);

const CACHE = { 'cache-control': 'no-cache' };

/** GET /api/client/features: the tasks of scheme `unleash`, for SDKs that evaluate on their own. */
export class UnleashFeaturesRoute implements Route {
  readonly method = 'GET';
  readonly path = '/api/client/features';

  constructor(private readonly feed: UnleashFeed) {}

  handle({ request, snapshot }: Call): Answer {
    const query = queryOf(request);
    const { id, version, features, omitted } = this.feed.payload(snapshot);
    const headers = { etag: `"${id}"`, ...CACHE };
    if (isHeld(request, headers.etag)) return { status: 304, body: null, headers };
    const listed = [...features].filter(([name]) => wants(query, name)).map(([, text]) => text);
    const rest = JSON.stringify({
      segments: [],
      query: { ...(query.namePrefix && { namePrefix: query.namePrefix }) },
      meta: { revisionId: version, etag: headers.etag },
      omitted,
    });
    const body = `{"version":2,"features":[${listed.join(',')}],${rest.slice(1)}`;
    return { status: 200, body, headers };
  }
}

/** GET /api/client/features/:name. */
export class UnleashFeatureRoute implements Route {
  readonly method = 'GET';
  readonly path = '/api/client/features/';

  constructor(private readonly feed: UnleashFeed) {}

  handle({ request, environment, snapshot, rest }: Call): Answer {
    const name = decoded(rest);
    const { id, features } = this.feed.payload(snapshot);
    const feature = features.get(name);
    if (feature !== undefined) {
      const headers = { etag: `"${id}"`, ...CACHE };
      return isHeld(request, headers.etag)
        ? { status: 304, body: null, headers }
        : { status: 200, body: feature, headers };
    }
    const task = snapshot.compiled.tasks.get(name);
    if (!task) throw new EdgeError('TASK_UNKNOWN', `there is no task ${name} in ${environment}`);
    throw new EdgeError('SCHEME_NOT_LOCAL', notLocal(name, task.hashScheme));
  }
}

/** GET /api/client/delta: what changed since the ETag an SDK holds; everything at first. */
export class UnleashDeltaRoute implements Route {
  readonly method = 'GET';
  readonly path = '/api/client/delta';

  constructor(private readonly feed: UnleashFeed) {}

  handle({ request, environment, snapshot }: Call): Answer {
    const payload = this.feed.payload(snapshot);
    const headers = { etag: `"${payload.id}"`, ...CACHE };
    if (isHeld(request, headers.etag)) return { status: 304, body: null, headers };
    const held = /^(?:W\/)?"([^"]+)"$/.exec(request.headers['if-none-match'] ?? '')?.[1] ?? null;
    const events = this.feed.since(environment, held, payload);
    return { ...ok({ events: narrowed(events, queryOf(request)) }), headers };
  }
}

/** GET /api/client/streaming: `unleash-connected` with everything, then `unleash-updated` with what changes. */
export class UnleashStreamingRoute implements Route {
  readonly method = 'GET';
  readonly path = '/api/client/streaming';

  constructor(
    private readonly feed: UnleashFeed,
    private readonly streams: RulesetStreams,
  ) {}

  handle({ request, environment }: Call): StreamAnswer {
    const query = queryOf(request);
    let heldId: string | null = null;
    // Whoever connects is told everything, whatever it says it has: its features may be older than that.
    return this.streams.open({
      environment,
      telling: (snapshot) => {
        const payload = this.feed.payload(snapshot);
        if (payload.id === heldId) return null;
        const events = narrowed(this.feed.since(environment, heldId, payload), query);
        const event = heldId === null ? 'unleash-connected' : 'unleash-updated';
        heldId = payload.id;
        return events.length === 0 ? null : { event, data: { events } };
      },
      lastEventId: undefined,
      keyId: keyIdOf(request),
    });
  }
}

function narrowed(events: readonly UnleashDelta[], query: Query): UnleashDelta[] {
  const wanted = (feature: unknown): boolean => wants(query, (feature as { name: string }).name);
  return events.flatMap((event): UnleashDelta[] => {
    switch (event.type) {
      case 'hydration':
        return [{ ...event, features: event.features.filter(wanted) }];
      case 'feature-updated':
        return wanted(event.feature) ? [event] : [];
      case 'feature-removed':
        return wants(query, event.featureName) ? [event] : [];
    }
  });
}

function decoded(rest: string): string {
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}
