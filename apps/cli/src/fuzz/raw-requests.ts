import { connect } from 'node:net';
import type { Rng } from '@app/kernel';
import { pick } from './hostile-values.js';

/** What came back on a bare socket: a status, or null when the connection was ended without one. */
export interface RawAnswer {
  readonly status: number | null;
  /** The server neither answered nor hung up. */
  readonly hung: boolean;
}

/** Requests that no HTTP library would send. */
export function rawRequest(rng: Rng, key: string): Buffer {
  const body = '{"events":[]}';
  const head = (...more: string[]): string =>
    [
      'POST /api/v1/events HTTP/1.1',
      'host: x',
      `authorization: Bearer ${key}`,
      'content-type: application/json',
      'connection: close',
      ...more,
    ].join('\r\n');
  const chunk = (text: string): string => `${head('transfer-encoding: chunked')}\r\n\r\n${text}`;
  const noise = (): Buffer =>
    Buffer.from(Array.from({ length: 1 + Math.floor(rng.next() * 400) }, () => Math.floor(rng.next() * 256)));
  const made = pick<() => string | Buffer>(rng, [
    noise,
    () =>
      Buffer.concat([
        Buffer.from(head(`content-length: ${body.length}`)),
        noise(),
        Buffer.from(`\r\n\r\n${body}`),
      ]),
    () => 'GET\r\n\r\n',
    () => 'POST /api/v1/events HTTP/9.9\r\n\r\n',
    () => 'POST /api/v1/events\r\n\r\n',
    () => `POST ${'/a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
    () => `POST /api/v1/events HTTP/1.1\r\n\r\n`,
    () => `${head(`x-long: ${'y'.repeat(40_000)}`)}\r\n\r\n`,
    () => `${head(...Array.from({ length: 3000 }, (_, n) => `x-${n}: 1`))}\r\n\r\n`,
    () => `${head('content-length: -1')}\r\n\r\n${body}`,
    () => `${head('content-length: 13abc')}\r\n\r\n${body}`,
    () => `${head('content-length: 99999999999999999999')}\r\n\r\n${body}`,
    () => `${head('content-length: 13', 'content-length: 12')}\r\n\r\n${body}`,
    () => `${head('content-length: 13', 'transfer-encoding: chunked')}\r\n\r\nd\r\n${body}\r\n0\r\n\r\n`,
    () => `${head('transfer-encoding: chunked, identity')}\r\n\r\nd\r\n${body}\r\n0\r\n\r\n`,
    () => chunk(`zz\r\n${body}\r\n0\r\n\r\n`),
    () => chunk(`ffffffffffffffff\r\n${body}`),
    () => chunk(`d\r\n${body}extra\r\n0\r\n\r\n`),
    () => chunk(`5\r\n{"eve\r\n8\r\nnts":[]}\r\n0\r\n\r\n`),
    () => `${head(`content-length: ${body.length + 50}`)}\r\n\r\n${body}`,
    () => `${head('expect: 200-maybe', 'content-length: 13')}\r\n\r\n${body}`,
    () => `${head('upgrade: websocket', 'content-length: 13')}\r\n\r\n${body}`,
    () => `${head('content-length: 13', 'x\u0000y: 1')}\r\n\r\n${body}`,
    () => `CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n`,
    () => `TRACE /api/v1/events HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    () => Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]),
  ])();
  return typeof made === 'string' ? Buffer.from(made, 'latin1') : made;
}

/** Sends bytes, says that no more come, and waits for what the server makes of it. */
export function sendRaw(port: number, bytes: Buffer, withinMs: number): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    const finish = (hung: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1];
      resolve({ status: status === undefined ? null : Number(status), hung });
    };
    const timer = setTimeout(() => finish(true), withinMs);
    socket.on('data', (chunk) => {
      if (received.length < 1000) received += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish(false));
    socket.end(bytes);
  });
}
