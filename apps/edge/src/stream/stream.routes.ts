import type { IncomingMessage } from 'node:http';
import { keyIdOf } from '../http/authenticate.js';
import { EdgeError } from '../http/edge-error.js';
import type { Call, Route, StreamAnswer } from '../http/route.js';
import type { RulesetStreams, Telling } from './ruleset-streams.js';
import { OFREP_STREAM_PATH, type StreamTickets } from './stream-tickets.js';

const newRules: Telling = ({ version, etag }) => ({ event: 'ruleset', data: { version, etag } });

const lastEventId = ({ headers }: IncomingMessage): string | undefined => {
  const given = headers['last-event-id'];
  return typeof given === 'string' ? given : undefined;
};

/** GET /api/v1/ruleset/stream: server-sent events `ruleset` {version, etag} whenever GET /api/v1/ruleset changes. */
export class RulesetStreamRoute implements Route {
  readonly method = 'GET';
  readonly path = '/api/v1/ruleset/stream';

  constructor(private readonly streams: RulesetStreams) {}

  handle({ request, environment }: Call): StreamAnswer {
    return this.streams.open({
      environment,
      telling: newRules,
      lastEventId: lastEventId(request),
      keyId: keyIdOf(request),
    });
  }
}

const askAgain: Telling = ({ compiled, etag }) => ({
  event: 'message',
  data: {
    type: 'refetchEvaluation',
    etag,
    lastModified: Math.floor(Date.parse(compiled.ruleset.publishedAt) / 1000),
  },
});

/** GET /ofrep/v1/stream?ticket=…: the event stream that a bulk evaluation names. */
export class OfrepStreamRoute implements Route {
  readonly method = 'GET';
  readonly path = OFREP_STREAM_PATH;

  constructor(
    private readonly streams: RulesetStreams,
    private readonly tickets: StreamTickets,
  ) {}

  authenticate({ url = '' }: IncomingMessage): string {
    const ticket = new URL(url, 'http://edge').searchParams.get('ticket') ?? '';
    const environment = this.tickets.environmentOf(ticket);
    if (environment !== null) return environment;
    throw new EdgeError(
      'API_KEY_NOT_VALID',
      'this ticket is not known here any more; evaluate again for another',
    );
  }

  handle({ request, environment }: Call): StreamAnswer {
    // A new listener has just evaluated: only what changes from here on is news to it.
    const known = lastEventId(request);
    return this.streams.open({
      environment,
      telling: askAgain,
      lastEventId: known ?? this.streams.current(environment),
      // A ticket opens it.
      keyId: null,
    });
  }
}
