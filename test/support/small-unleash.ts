import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A small Unleash server: as much of the client API as `unleash-client` asks for, and as much of the admin API as a mirror
 * does, over real HTTP. What it cannot show is tried against the real server (`npm run conformance -- upstream-unleash`).
 */
export class SmallUnleash {
  static readonly token = '*:production.client-token';
  static readonly adminToken = '*:*.admin-token';

  /** Flags by name; those with a strategy are on for everybody. */
  readonly flags = new Map<string, boolean>();
  /** Per cent of every flag that somebody mirrors, by flag and id of its strategy. */
  readonly strategies = new Map<string, Map<string, Record<string, unknown>>>();
  readonly turnedOn: string[] = [];
  /** Instances that asked for flags. */
  readonly askers = new Set<string>();
  clientToken = SmallUnleash.token;
  refused = 0;
  adminIsBroken = false;
  /** Makes flags and strategies and turns none on. */
  turningOnIsBroken = false;
  failedTurnsOn = 0;
  failedWrites = 0;
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/api`;
  }

  /** Also again, at the address it had before. */
  async up(): Promise<void> {
    const server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  percentOf(flag: string): string[] {
    return [...(this.strategies.get(flag)?.values() ?? [])].map(
      (strategy) => (strategy.parameters as { rollout: string }).rollout,
    );
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, 'http://here');
    const body = await read(request);
    if (pathname === '/api/client/features') return this.features(request, response);
    if (!pathname.startsWith('/api/admin/')) return send(response, 404, {});
    if (request.headers.authorization !== SmallUnleash.adminToken) return send(response, 401, {});
    if (this.adminIsBroken) {
      this.failedWrites += 1;
      return send(response, 503, { message: 'down for maintenance' });
    }
    const [, rest] = pathname.split('/projects/default/features');
    const [, flag, , environment, what, id] = (rest ?? '').split('/').map(decodeURIComponent);
    this.admin(request.method!, { flag, environment, what, id }, body, response);
  }

  private features(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.authorization !== this.clientToken) {
      this.refused += 1;
      return send(response, 401, { message: 'no' });
    }
    this.askers.add(String(request.headers['unleash-connection-id']));
    const features = [...this.flags].map(([name, enabled]) => ({
      name,
      enabled,
      strategies: [{ name: 'default', parameters: {}, constraints: [] }],
    }));
    const text = JSON.stringify({ version: 2, features });
    const etag = `"${createHash('sha256').update(text).digest('hex')}"`;
    response.setHeader('etag', etag);
    if (request.headers['if-none-match'] === etag) return send(response, 304);
    send(response, 200, { version: 2, features });
  }

  private admin(
    method: string,
    { flag, environment, what, id }: Record<'flag' | 'environment' | 'what' | 'id', string | undefined>,
    body: Record<string, unknown>,
    response: ServerResponse,
  ): void {
    if (flag === undefined) {
      if (this.strategies.has(body.name as string)) return send(response, 409, { message: 'taken' });
      this.strategies.set(body.name as string, new Map());
      return send(response, 201, body);
    }
    const known = this.strategies.get(flag);
    if (!known) return send(response, 404, { message: 'no such flag' });
    if (environment === undefined) return send(response, 200, { name: flag });
    if (what === 'on' && this.turningOnIsBroken) {
      this.failedTurnsOn += 1;
      return send(response, 503, { message: 'down for maintenance' });
    }
    if (what === 'on') return void (this.turnedOn.push(flag), send(response, 200));
    if (method === 'GET') return send(response, 200, [...known.values()]);
    const key = method === 'PUT' ? id! : `strategy-${known.size + 1}`;
    known.set(key, { ...body, id: key });
    send(response, 200, known.get(key));
  }
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const part of request) text += String(part);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  response.statusCode = status;
  if (body === undefined) return void response.end();
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}
