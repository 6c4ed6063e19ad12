import { createSocket, type Socket } from 'node:dgram';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: one of those could take it before we listen. */
const FIRST = 20_000;
const AFTER = 32_000;

/**
 * The UDP ports of the same numbers, bound until this process ends. Who asks for a free port listens on it seconds
 * later, often in a child; a second process that asks meanwhile must not be given the same number.
 */
const reserved = new Map<number, Socket>();

/** A TCP port on loopback that nobody listens on now, and no other process was promised; `preferred` when it is free. */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred !== 0 && (await isFree(preferred))) return preferred;
  for (;;) {
    const port = randomInt(FIRST, AFTER);
    if (!reserved.has(port) && (await isFree(port))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return (await reserve(port)) && (await canListen(port));
}

function reserve(port: number): Promise<boolean> {
  if (reserved.has(port)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      reserved.set(port, socket.unref());
      resolve(true);
    });
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
