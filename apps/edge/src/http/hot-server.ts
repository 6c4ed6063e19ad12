import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { log, wordsOf } from '../log.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import type { EdgeState } from '../snapshot/edge-state.js';
import { authenticate } from './authenticate.js';
import type { Cors } from './cors.js';
import { EdgeError, problemOf } from './edge-error.js';
import type { Answer, Route, StreamAnswer } from './route.js';

/** The supervisor's patience ends after ten seconds; storing exposures must fit in as well. */
const CLOSE_WITHIN_MS = 3000;

const USABLE_REQUEST_ID = /^[A-Za-z0-9._:-]{1,100}$/;

export interface HotServerParts {
  readonly routes: readonly Route[];
  readonly state: EdgeState;
  readonly monitoring: Monitoring;
  readonly cors: Cors;
  readonly lookAgain: () => Promise<void>;
  /** Answers every other path. */
  readonly rest: RequestListener;
}

/**
 * The data plane's server: hot routes straight on node:http (docs/adr/0004), everything else handed on.
 */
export class HotServer {
  readonly server: Server;
  private readonly routes: ReadonlyMap<string, Route>;
  private readonly prefixes: readonly Route[];

  constructor(private readonly parts: HotServerParts) {
    this.routes = new Map(parts.routes.map((route) => [route.path, route]));
    this.prefixes = parts.routes.filter(({ path }) => path.endsWith('/'));
    this.server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 60_000 }, (request, response) => {
      this.dispatch(request, response);
    });
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        const address = this.server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Takes no new connections, waits for the running requests, and ends what still hangs after a while. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      // A connection that is kept alive is idle only once its running request is answered.
      const sweep = setInterval(() => this.server.closeIdleConnections(), 50);
      const end = setTimeout(() => this.server.closeAllConnections(), CLOSE_WITHIN_MS);
      this.server.close(() => {
        clearInterval(sweep);
        clearTimeout(end);
        resolve();
      });
      this.server.closeIdleConnections();
    });
  }

  private dispatch(request: IncomingMessage, response: ServerResponse): void {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && USABLE_REQUEST_ID.test(given) ? given : randomUUID();
    response.setHeader('x-request-id', requestId);
    const url = request.url ?? '/';
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    const route = this.routes.get(path) ?? this.prefixes.find((one) => path.startsWith(one.path));
    if (!route) {
      this.parts.rest(request, response);
      return;
    }
    if (request.method === 'OPTIONS') {
      this.parts.cors.answerPreflight(request, response);
      return;
    }
    this.parts.cors.mark(request, response);
    const stop = this.parts.monitoring.startTimer(route.path);
    response.once('close', () => {
      // How long somebody listened to a stream is no time to answer.
      if (!isStream(response)) stop(response.statusCode);
    });
    const rest = path.slice(route.path.length);
    this.answer(route, request, rest).then(
      (answer) => send(response, answer),
      (error: unknown) => this.refuse(error, { route, rest, request, response, requestId }),
    );
  }

  private async answer(route: Route, request: IncomingMessage, rest: string): Promise<Answer | StreamAnswer> {
    const methods: readonly string[] = typeof route.method === 'string' ? [route.method] : route.method;
    if (!methods.includes(request.method ?? '')) {
      throw new EdgeError('METHOD_NOT_ALLOWED', `${route.path} takes ${methods.join(' or ')}`, {
        headers: { allow: methods.join(', ') },
      });
    }
    const { state, lookAgain } = this.parts;
    const environment =
      (await route.authenticate?.(request, rest)) ?? (await authenticate(request, state, lookAgain));
    const held = state.environment(environment);
    if (!held)
      throw new EdgeError('RULESET_MISSING', 'no ruleset has been loaded yet; try again in a moment');
    return route.handle({ request, environment, rest, ...held });
  }

  private refuse(
    error: unknown,
    {
      route,
      rest,
      request,
      response,
      requestId,
    }: {
      route: Route;
      rest: string;
      request: IncomingMessage;
      response: ServerResponse;
      requestId: string;
    },
  ): void {
    const known = error instanceof EdgeError;
    if (!known) {
      log('error', 'a request failed', {
        requestId,
        // Not the path as sent: some protocols have the key in it.
        route: route.path,
        reason: wordsOf(error),
      });
    }
    const refusal = known
      ? error
      : new EdgeError('INTERNAL', 'something went wrong here; quote the request id');
    // What the caller still sends is read and dropped, so that it gets to read this answer.
    request.resume();
    const own = route.refusal?.(refusal, rest);
    if (own) {
      send(response, { ...own, headers: { ...own.headers, ...refusal.more.headers } });
      return;
    }
    send(response, {
      status: refusal.status,
      body: JSON.stringify(problemOf(refusal, requestId)),
      headers: { 'content-type': 'application/problem+json', ...refusal.more.headers },
    });
  }
}

const isStream = (response: ServerResponse): boolean =>
  String(response.getHeader('content-type') ?? '').startsWith('text/event-stream');

function send(response: ServerResponse, answer: Answer | StreamAnswer): void {
  if (response.destroyed) return;
  if ('stream' in answer) {
    response.writeHead(answer.status, answer.headers);
    answer.stream(response);
    return;
  }
  const { status, body, headers } = answer;
  if (body === null) {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
