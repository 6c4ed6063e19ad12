import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoopHealth } from '../loop/worker-loop.js';
import { answers } from './answers.js';

/** Serves `/health` and `/metrics`. */
export async function serveHealth(
  place: { host: string; port: number },
  health: () => LoopHealth,
): Promise<{ url: string; close: () => Promise<void> }> {
  const answerTo = answers(health);
  const server: Server = createServer((request, response) => {
    answerTo(request.url ?? '/').then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
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
