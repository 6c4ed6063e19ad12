import type { IncomingMessage, ServerResponse } from 'node:http';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** What a browser may send: our own headers, and those of the SDKs that run in one. */
const HEADERS = [
  'authorization',
  'x-api-key',
  'content-type',
  'content-encoding',
  'if-none-match',
  'x-request-id',
  'last-event-id',
  'unleash-appname',
  'unleash-connection-id',
  'unleash-instanceid',
  'unleash-interval',
  'unleash-sdk',
  'unleash-client-spec',
].join(', ');

/**
 * Lets the Swagger page of the control plane call from a browser (that one origin, and its other names when it is this
 * machine itself), and the pages whose origins are named; `*` names all.
 */
export class Cors {
  private readonly origins: ReadonlySet<string>;
  private readonly all: boolean;

  constructor(controlUrl: string | undefined, named: readonly string[] = []) {
    this.all = named.includes('*');
    this.origins = new Set([...(controlUrl ? namesOf(new URL(controlUrl)) : []), ...named]);
  }

  /** What a browser needs to read the answer; nothing for whoever is not one, or may not. */
  headersFor({ headers: { origin } }: IncomingMessage): Readonly<Record<string, string>> | undefined {
    if (origin === undefined || !(this.all || this.origins.has(origin))) return undefined;
    return {
      'access-control-allow-origin': origin,
      // A browser shows no others: neither how old the edge's knowledge is, nor what time it has.
      'access-control-expose-headers': 'age, date, etag, retry-after, x-request-id, x-sse-support',
      vary: 'origin',
    };
  }

  /** Answers a browser that asks whether it may. */
  answerPreflight(
    request: IncomingMessage,
    response: ServerResponse,
    more: Readonly<Record<string, string>>,
  ): void {
    response.writeHead(204, {
      ...more,
      ...this.headersFor(request),
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': HEADERS,
      'access-control-max-age': '600',
    });
    response.end();
  }
}

function namesOf(url: URL): string[] {
  if (!LOOPBACK.includes(url.hostname)) return [url.origin];
  const port = url.port ? `:${url.port}` : '';
  return LOOPBACK.map((name) => `${url.protocol}//${name}${port}`);
}
