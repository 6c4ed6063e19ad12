import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The floor of the HTTP bench: a bare node:http server that parses the same questions and stringifies the same answers
 * as the edge, and decides, records and counts nothing. The answers are captured from the edge before:
 * `POST /answers` with a list, which are then given in turn.
 */
let answers: unknown[] = [];
let next = 0;

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (request.url === '/answers') {
      answers = body as unknown[];
      next = 0;
    }
    const text = JSON.stringify(answers[next]);
    next = (next + 1) % answers.length;
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: 'floor', url: `http://127.0.0.1:${port}` })}\n`);
});
process.on('SIGTERM', () => process.exit(0));
