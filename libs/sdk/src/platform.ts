import { fetchStream } from './platform/fetch-stream.js';
import { nodeParts } from './platform/node-parts.js';
import { pageExits } from './platform/page-exits.js';

/** The part of fetch that is used; a browser's, Node's, or a caller's own. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    signal?: AbortSignal;
    keepalive?: boolean;
  },
) => Promise<FetchAnswer>;

export interface FetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  readonly body: {
    getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array }>; cancel(): Promise<void> };
  } | null;
}

/** Opens an event stream: tells its status, then its text as it comes, then its end, for whatever reason. */
export type StreamOpener = (
  url: string,
  headers: Record<string, string>,
  listener: StreamListener,
) => OpenStream;

export interface StreamListener {
  status(status: number): void;
  text(text: string): void;
  /** Once, also after a failure to begin; not after `close`. */
  end(error?: unknown): void;
}

export interface OpenStream {
  close(): void;
}

/** Hears of the end of the process, or of the page. */
export interface Exits {
  /** Whether nothing comes after it; a page that was hidden may be shown again, and then goes on sending. */
  readonly final: boolean;
  /** Calls when nothing is left to do, and on these signals; waits for it. A page has neither and waits for nothing. @returns how to stop */
  on(signals: readonly string[], call: () => Promise<unknown>): () => void;
}

/** All that the SDK takes from where it runs. Tests give their own. */
export interface Platform {
  /** Milliseconds since 1970. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** An id that nobody else makes. */
  newId(): string;
  /** Calls once, later. Keeps the process alive for it only when told to. @returns how to call it off */
  after(ms: number, call: () => void, holdProcess?: boolean): () => void;
  readonly fetch: Fetch;
  readonly openStream: StreamOpener;
  /** Null where there are no files. */
  readonly readFile: ((path: string) => string) | null;
  /** Null where there is neither a process nor a page. */
  readonly exits: Exits | null;
}

/** Longer time-outs than this fire at once, in browsers and Node alike. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the place that runs this gives: clock, chance and network come in here and nowhere else. */
export function thisPlatform(own: { fetch?: Fetch } = {}): Platform {
  const node = nodeParts();
  // Looked up at each call and called as nobody's method: a browser's fetch refuses to be one.
  const fetch: Fetch = (url, init) => (own.fetch ?? (globalThis.fetch as unknown as Fetch))(url, init);
  return {
    now: Date.now,
    random: Math.random,
    newId,
    after,
    fetch,
    // A stream by fetch would keep a Node process alive, and so end no script that forgets to close its client.
    openStream: node && !own.fetch ? node.openStream : fetchStream(fetch),
    readFile: node?.readFile ?? null,
    exits: node?.exits ?? pageExits(),
  };
}

function after(ms: number, call: () => void, holdProcess = false): () => void {
  const timer = setTimeout(call, Math.min(ms, LONGEST_TIMER_MS)) as unknown as { unref?(): void };
  if (!holdProcess) timer.unref?.();
  return () => clearTimeout(timer as never);
}

/** A random UUID (version 4), also on pages without TLS, which have no `randomUUID`. */
function newId(): string {
  const { crypto } = globalThis;
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
