import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { EdgeError } from './edge-error.js';

/** The media type without its parameters, in lower case; '' when there is none. */
export function mediaTypeOf(request: IncomingMessage): string {
  const given = request.headers['content-type'] ?? '';
  return given === 'application/json' ? given : given.split(';', 1)[0]!.trim().toLowerCase();
}

/**
 * The body as text, unpacked when it is gzip. The limit holds for the bytes sent and for the bytes they unpack to, so
 * that a small bomb cannot fill memory.
 *
 * @param hold told of bytes as they are kept; what it throws refuses the request
 * @throws EdgeError `BODY_TOO_LARGE`, `BODY_NOT_GZIP`, `BODY_NOT_UTF8`, `BODY_INCOMPLETE`, `ENCODING_NOT_SUPPORTED`
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  hold?: (bytes: number) => void,
): Promise<string> {
  // One promise from the first byte to the text: each more is a turn of the queue for every request.
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
    const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
    const source = unpacked(request, encoding, limit);
    collect(request, source, { limit, encoding, hold, reject, done: (bytes) => resolve(textOf(bytes)) });
  });
}

/** @throws EdgeError `BODY_NOT_UTF8` */
function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new EdgeError('BODY_NOT_UTF8', 'the body is not UTF-8');
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function unpacked(request: IncomingMessage, encoding: string, limit: number): Readable {
  if (encoding === 'identity' || encoding === '') return request;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new EdgeError(
      'ENCODING_NOT_SUPPORTED',
      `content-encoding ${encoding} is not understood; send gzip or none`,
    );
  }
  const gunzip = createGunzip();
  let sent = 0;
  request.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > limit) gunzip.destroy(tooLarge(limit));
  });
  request.once('error', (error) => gunzip.destroy(error));
  request.once('aborted', () => gunzip.destroy(new EdgeError('BODY_INCOMPLETE', 'the body was cut off')));
  return request.pipe(gunzip);
}

interface Collecting {
  readonly limit: number;
  readonly encoding: string;
  readonly hold?: (bytes: number) => void;
  /** What it throws refuses the request. */
  readonly done: (bytes: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

function collect(
  request: Readable,
  source: Readable,
  { limit, encoding, hold, done, reject }: Collecting,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let refused = false;
  const refuse = (error: unknown): void => {
    refused = true;
    chunks.length = 0;
    // Unpacking ends here; a request is read to its end, so that the caller gets to read the answer.
    if (source !== request) source.destroy();
    reject(error);
  };
  source.on('data', (chunk: Buffer) => {
    if (refused) return;
    size += chunk.length;
    if (size > limit) {
      refuse(tooLarge(limit));
      return;
    }
    try {
      hold?.(chunk.length);
      chunks.push(chunk);
    } catch (error) {
      refuse(error);
    }
  });
  source.once('end', () => {
    if (refused) return;
    try {
      done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    } catch (error) {
      reject(error);
    }
  });
  source.once('error', (error: Error) =>
    reject(error instanceof EdgeError ? error : unreadable(error, encoding)),
  );
  source.once('aborted', () => reject(new EdgeError('BODY_INCOMPLETE', 'the body was cut off')));
}

function unreadable(error: Error & { code?: string }, encoding: string): EdgeError {
  return encoding.includes('gzip') && error.code?.startsWith('Z_')
    ? new EdgeError('BODY_NOT_GZIP', 'the body says it is gzip and is not, or is cut off', { cause: error })
    : new EdgeError('BODY_INCOMPLETE', 'the body could not be read to its end', { cause: error });
}

const tooLarge = (limit: number): EdgeError =>
  new EdgeError('BODY_TOO_LARGE', `a body may have ${limit} bytes at most`, {
    headers: { connection: 'close' },
  });

/** @throws EdgeError `BODY_NOT_JSON` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EdgeError('BODY_NOT_JSON', `the body is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
