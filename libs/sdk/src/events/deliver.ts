import { type ContenderError, wordsOf } from '../errors.js';
import { retryAfterMs } from '../backoff.js';
import type { Platform } from '../platform.js';

export interface Rejection {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** What became of one batch. */
export type Delivery =
  | {
      readonly kind: 'arrived';
      readonly accepted: number;
      readonly duplicates: number;
      readonly rejected: readonly Rejection[];
    }
  /** To be sent again: not before a while, where the edge says so. */
  | { readonly kind: 'later'; readonly why: string; readonly afterMs: number | null }
  /** The key is not taken. */
  | { readonly kind: 'refused'; readonly why: string }
  /** As it is, it will never be taken: too large, or not understood. */
  | { readonly kind: 'unfit'; readonly why: string };

export interface Deliverer {
  readonly url: string;
  readonly headers: () => Record<string, string>;
  readonly platform: Platform;
  readonly timeoutMs: number;
}

/** A browser lets 64 KiB outlive a page, of all requests together; a character has up to three bytes. */
const OUTLIVING_CHARACTERS = 20_000;

const UNFIT = new Set([400, 413, 415, 422]);

/** Sends lines of events. Never throws. */
export async function deliver(lines: readonly string[], by: Deliverer): Promise<Delivery> {
  const { platform, timeoutMs } = by;
  const control = new AbortController();
  const stop = platform.after(
    timeoutMs,
    () => control.abort(new Error(`no answer within ${timeoutMs} ms`)),
    true,
  );
  try {
    const body = lines.join('\n');
    const answer = await platform.fetch(by.url, {
      method: 'POST',
      headers: { ...by.headers(), 'content-type': 'application/x-ndjson' },
      body,
      signal: control.signal,
      ...(body.length <= OUTLIVING_CHARACTERS && { keepalive: true }),
    });
    const text = await answer.text();
    const { status } = answer;
    if (status === 200) return arrivedOr(text);
    const why = `the edge answers ${status}${codeIn(text)}`;
    if (status === 401 || status === 403) return { kind: 'refused', why };
    if (UNFIT.has(status)) return { kind: 'unfit', why };
    const afterMs = retryAfterMs(answer.headers.get('retry-after'), platform.now());
    return { kind: 'later', why, afterMs };
  } catch (error) {
    return { kind: 'later', why: wordsOf(error), afterMs: null };
  } finally {
    stop();
  }
}

/** Something between us and the edge may answer 200 with a page of its own: nothing is acknowledged by that. */
function arrivedOr(text: string): Delivery {
  const body = parsed(text);
  if (typeof body?.accepted !== 'number' || !Array.isArray(body.rejected)) {
    return { kind: 'later', why: 'what answered is not an edge', afterMs: null };
  }
  return {
    kind: 'arrived',
    accepted: body.accepted,
    duplicates: Number(body.duplicates ?? 0),
    rejected: body.rejected as Rejection[],
  };
}

function codeIn(text: string): string {
  const code = parsed(text)?.code;
  return typeof code === 'string' ? ` (${code})` : '';
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export type Report = (error: ContenderError) => void;
