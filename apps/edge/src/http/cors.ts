import type { IncomingMessage, ServerResponse } from 'node:http';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Lets the Swagger page of the control plane call from a browser: that one origin, and its other names when it is
 * this machine itself.
 */
export class Cors {
  private readonly origins: ReadonlySet<string>;

  constructor(controlUrl: string | undefined) {
    this.origins = new Set(controlUrl ? namesOf(new URL(controlUrl)) : []);
  }

  /** Adds what a browser needs to read the answer. */
  mark(request: IncomingMessage, response: ServerResponse): void {
    const { origin } = request.headers;
    if (origin === undefined || !this.origins.has(origin)) return;
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', 'etag, retry-after, x-request-id');
    response.setHeader('vary', 'origin');
  }

  /** Answers a browser that asks whether it may. */
  answerPreflight(request: IncomingMessage, response: ServerResponse): void {
    this.mark(request, response);
    response.writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers':
        'authorization, x-api-key, content-type, content-encoding, if-none-match, x-request-id',
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
