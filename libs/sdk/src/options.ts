import type { ContenderError } from './errors.js';
import type { Fetch, Platform } from './platform.js';

export interface ContenderOptions {
  /** Address of the edge, as `https://edge.example`. Without one only the bootstrap is used, and no event is sent. */
  readonly url?: string;
  /** A service key: `ck_<environment>_service_…`. */
  readonly key?: string;
  /** A ruleset to begin with: as an object, as its JSON text, or the path of a file that holds it (Node). */
  readonly bootstrap?: object | string;
  /** Told of every trouble; without it they are written to the console, each kind once a minute. */
  readonly onError?: (error: ContenderError) => void;
  /** Unconfirmed for longer, rollout units get the champion, reason `STALE`. Default 60,000; `Infinity`: never. */
  readonly maxStalenessMs?: number;
  /** How long `ready()` waits for a ruleset. Default 5,000. */
  readonly readyTimeoutMs?: number;
  /** Follow changes by a stream. Default true; by looking only otherwise. */
  readonly stream?: boolean;
  /** Between two looks while no stream tells of changes. Default 5,000. */
  readonly pollIntervalMs?: number;
  /** Longest an event waits for others to be sent with. Default 1,000. */
  readonly flushIntervalMs?: number;
  /** Events in one request, at most. Default 1,000; the edge takes 5,000. */
  readonly batchSize?: number;
  /** Exposures, and outcomes, that wait at most; further ones are dropped and counted. Default 20,000 each. */
  readonly queueSize?: number;
  /** Exposures remembered, so that each is sent once; at most twice as many. Default 250,000. */
  readonly remembered?: number;
  /** Of one request. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** Send what waits when the process is about to end by itself, and on SIGTERM and SIGINT; when a page is hidden or left. Default true. */
  readonly flushOnExit?: boolean;
  /** Instead of the global fetch. */
  readonly fetch?: Fetch;
  /** Replaces parts of where it runs; for tests. */
  readonly platform?: Partial<Platform>;
}

export type Settings = Required<
  Pick<
    ContenderOptions,
    | 'maxStalenessMs'
    | 'readyTimeoutMs'
    | 'stream'
    | 'pollIntervalMs'
    | 'flushIntervalMs'
    | 'batchSize'
    | 'queueSize'
    | 'remembered'
    | 'requestTimeoutMs'
    | 'flushOnExit'
  >
> & { readonly url: string | null; readonly key: string | null };

const DEFAULTS = {
  maxStalenessMs: 60_000,
  readyTimeoutMs: 5_000,
  pollIntervalMs: 5_000,
  flushIntervalMs: 1_000,
  batchSize: 1_000,
  queueSize: 20_000,
  remembered: 250_000,
  requestTimeoutMs: 10_000,
};

type NumberName = keyof typeof DEFAULTS;

const LARGEST_BATCH = 5_000;

/** Fills what was left out; what cannot be used is named in `problems` and replaced by its default. */
export function settingsOf(given: ContenderOptions): { settings: Settings; problems: string[] } {
  const problems: string[] = [];
  const numbers = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, standard]) => {
      const value = given[name as NumberName] ?? standard;
      if (typeof value === 'number' && value > 0) return [name, value];
      problems.push(`${name} is not a number above 0`);
      return [name, standard];
    }),
  ) as Record<NumberName, number>;
  const url = addressOf(given.url, problems);
  const key = typeof given.key === 'string' && /^\S+$/.test(given.key) ? given.key : null;
  if (url !== null && key === null) problems.push('key is missing: a service key of the environment');
  if (url === null && given.bootstrap === undefined) problems.push('neither a url nor a bootstrap is given');
  const settings = {
    ...numbers,
    batchSize: Math.min(Math.ceil(numbers.batchSize), LARGEST_BATCH),
    stream: given.stream ?? true,
    flushOnExit: given.flushOnExit ?? true,
    url: key === null ? null : url,
    key,
  };
  return { settings, problems };
}

function addressOf(given: string | undefined, problems: string[]): string | null {
  if (given === undefined) return null;
  try {
    const url = new URL(given);
    if (url.protocol === 'http:' || url.protocol === 'https:') {
      return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
    }
  } catch {
    // Said below.
  }
  problems.push('url is not an http(s) address');
  return null;
}
