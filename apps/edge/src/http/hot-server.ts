import { randomBytes } from 'node:crypto';
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

const JSON_TYPE = 'application/json; charset=utf-8';
const USABLE_REQUEST_ID = /^[A-Za-z0-9._:-]{1,100}$/;

/** One request of a hot route and what is needed to answer it. */
interface Exchange {
  readonly route: Route;
  /** What follows a prefix route's path. */
  readonly rest: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly beganMs: number;
}

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
  private readonly requestIdPrefix = `${randomBytes(9).toString('base64url')}.`;
  private requests = 0;

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
    const beganMs = performance.now();
    const given = request.headers['x-request-id'];
    const requestId =
      typeof given === 'string' && USABLE_REQUEST_ID.test(given) ? given : this.nextRequestId();
    const url = request.url ?? '/';
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    const route = this.routes.get(path) ?? this.prefixes.find((one) => path.startsWith(one.path));
    if (!route) {
      response.setHeader('x-request-id', requestId);
      this.parts.rest(request, response);
      return;
    }
    const { cors } = this.parts;
    if (request.method === 'OPTIONS') {
      cors.answerPreflight(request, response, { 'x-request-id': requestId });
      return;
    }
    const rest = path.slice(route.path.length);
    const one: Exchange = { route, rest, request, response, requestId, beganMs };
    try {
      const answer = this.answer(one);
      if (!(answer instanceof Promise)) this.send(one, answer);
      else
        answer.then(
          (given) => this.send(one, given),
          (error: unknown) => this.refuse(one, error),
        );
    } catch (error) {
      this.refuse(one, error);
    }
  }

  /** Unlike any other, and no secret: a text of random bytes for each request costs as much as deciding it. */
  private nextRequestId(): string {
    this.requests += 1;
    return this.requestIdPrefix + this.requests.toString(36);
  }

  /** A promise only where something has to be waited for: each costs a turn of the queue. */
  private answer(one: Exchange): ReturnType<Route['handle']> {
    const { route, request, rest } = one;
    if (!takes(route, request.method)) {
      const methods = typeof route.method === 'string' ? [route.method] : route.method;
      throw new EdgeError('METHOD_NOT_ALLOWED', `${route.path} takes ${methods.join(' or ')}`, {
        headers: { allow: methods.join(', ') },
      });
    }
    const { state, lookAgain } = this.parts;
    const environment = route.authenticate?.(request, rest) ?? authenticate(request, state, lookAgain);
    return typeof environment === 'string'
      ? this.handle(one, environment)
      : environment.then((known) => this.handle(one, known));
  }

  private handle({ route, request, rest }: Exchange, environment: string): ReturnType<Route['handle']> {
    const held = this.parts.state.environment(environment);
    if (!held)
      throw new EdgeError('RULESET_MISSING', 'no ruleset has been loaded yet; try again in a moment');
    const { snapshot, tokens } = held;
    return route.handle({ request, environment, rest, snapshot, tokens });
  }

  private refuse(one: Exchange, error: unknown): void {
    const { route, rest, request, requestId } = one;
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
      this.send(one, { ...own, headers: { ...own.headers, ...refusal.more.headers } });
      return;
    }
    this.send(one, {
      status: refusal.status,
      body: JSON.stringify(problemOf(refusal, requestId)),
      headers: { 'content-type': 'application/problem+json', ...refusal.more.headers },
    });
  }

  private send(one: Exchange, answer: Answer | StreamAnswer): void {
    const { request, response, requestId } = one;
    if (response.destroyed) return;
    const crossing = this.parts.cors.headersFor(request);
    const more = crossing === undefined ? answer.headers : { ...crossing, ...answer.headers };
    if ('stream' in answer) {
      response.writeHead(answer.status, { 'x-request-id': requestId, ...more });
      answer.stream(response);
      // How long somebody listens to a stream is no time to answer.
      return;
    }
    const { status, body } = answer;
    if (body === null) {
      response.writeHead(status, { 'x-request-id': requestId, ...more });
      response.end();
    } else {
      const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
      const plain = { 'x-request-id': requestId, 'content-type': JSON_TYPE, 'content-length': length };
      response.writeHead(status, more === undefined ? plain : { ...plain, ...more });
      // As many bytes as characters: all ASCII, which is written without being encoded.
      if (typeof body === 'string') response.end(body, length === body.length ? 'latin1' : 'utf8');
      else response.end(body);
    }
    this.parts.monitoring.durations.observe(one.route.path, status, (performance.now() - one.beganMs) / 1000);
  }
}

const takes = ({ method }: Route, asked = ''): boolean =>
  typeof method === 'string' ? method === asked : (method as readonly string[]).includes(asked);
