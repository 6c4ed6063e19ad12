import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoopHealth } from '../loop/worker-loop.js';

/** `/health/live`: the process answers. `/health/ready`: the last round ended well. */
export async function serveHealth(
  place: { host: string; port: number },
  health: () => LoopHealth,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const answer = answerTo(request.url ?? '/', health());
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place.port, place.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${place.host.includes(':') ? `[${place.host}]` : place.host}:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function answerTo(url: string, health: LoopHealth): { status: number; body: unknown } {
  switch (url.split('?')[0]) {
    case '/health/live':
      return { status: 200, body: { status: 'live' } };
    case '/health/ready': {
      const ready = health.rounds > 0 && health.failures === 0;
      return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not-ready', ...health } };
    }
    default:
      return { status: 404, body: { status: 'unknown' } };
  }
}
