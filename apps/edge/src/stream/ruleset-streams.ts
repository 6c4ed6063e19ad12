import type { ServerResponse } from 'node:http';
import { EdgeError } from '../http/edge-error.js';
import type { StreamAnswer } from '../http/route.js';
import type { EdgeState } from '../snapshot/edge-state.js';
import type { EnvironmentSnapshot } from '../snapshot/snapshot.js';

/** Proxies let go of connections that say nothing for a minute or so. */
const HEARTBEAT_MS = 20_000;
/** Someone who reads nothing must not hold memory for ever: he is cut off, and asks again. */
const STALLED_MS = 60_000;
const RETRY_MS = 1000;
/** Who is refused fetches now and then meanwhile; places come free as pages are closed. */
const FULL_RETRY_AFTER_S = 30;

/** How a change of rules is told to one kind of listener; null: it is no news to it. */
export type Telling = (
  snapshot: EnvironmentSnapshot,
) => { readonly event?: string; readonly data: unknown } | null;

export interface Listening {
  readonly environment: string;
  readonly telling: Telling;
  /** What the listener knows. */
  readonly lastEventId: string | undefined;
  /** Id of the key that opens the stream, which ends with it; null where something else does. */
  readonly keyId: string | null;
}

interface Listener extends Listening {
  readonly response: ServerResponse;
  /** Has not read all that was written; what is new meanwhile is told when it has, as one event. */
  behind: boolean;
  missed: boolean;
}

export interface StreamLimits {
  /** Streams that one key may have open at a time; those that tickets open count together for each environment. */
  readonly perKey: number;
  /** Milliseconds after which a listener that is behind and reads nothing is cut off. */
  readonly stalledMs?: number;
}

/** Server-sent events to everybody who wants to know of new rules. */
export class RulesetStreams {
  private readonly listeners = new Set<Listener>();
  /** How many there are by what opened them. */
  private readonly counts = new Map<string, number>();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly stopListening: () => void;
  private readonly stopWatching: () => void;

  constructor(
    private readonly state: EdgeState,
    private readonly limits: StreamLimits,
  ) {
    this.stopListening = state.onRuleset((snapshot) => {
      for (const one of this.listeners) {
        if (one.environment === snapshot.environment) this.tell(one, snapshot);
      }
    });
    this.stopWatching = state.onAccess(() => {
      for (const one of this.listeners) this.endIfRevoked(one);
    });
    this.heartbeat = setInterval(() => {
      for (const one of this.listeners) {
        if (!one.behind) this.write(one, ': still here\n\n');
      }
    }, HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  get count(): number {
    return this.listeners.size;
  }

  /**
   * A stream that tells at once what is in force, and then every change; to a slow reader the newest alone.
   *
   * @throws EdgeError `STREAMS_EXHAUSTED` when the key has as many as it may have
   */
  open(listening: Listening): StreamAnswer {
    if (this.isFull(listening)) throw this.exhausted();
    return {
      status: 200,
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      },
      stream: (response) => {
        // Of many that waited for one look at the database, others may have come first.
        if (this.isFull(listening)) return void response.destroy();
        const listener: Listener = { ...listening, response, behind: false, missed: false };
        this.add(listener);
        response.once('close', () => this.remove(listener));
        response.on('timeout', () => response.destroy());
        response.on('drain', () => this.catchUp(listener));
        response.write(`retry: ${RETRY_MS}\n\n`);
        const held = this.state.environment(listening.environment);
        if (held && listening.lastEventId !== idOf(held.snapshot)) this.tell(listener, held.snapshot);
        this.endIfRevoked(listener);
      },
    };
  }

  /** Id of the last event of an environment. */
  current(environment: string): string | undefined {
    const held = this.state.environment(environment);
    return held ? idOf(held.snapshot) : undefined;
  }

  close(): void {
    clearInterval(this.heartbeat);
    this.stopListening();
    this.stopWatching();
    for (const { response } of this.listeners) response.end();
  }

  private isFull(listening: Listening): boolean {
    return (this.counts.get(openerOf(listening)) ?? 0) >= this.limits.perKey;
  }

  private exhausted(): EdgeError {
    return new EdgeError(
      'STREAMS_EXHAUSTED',
      `this key has ${this.limits.perKey} streams open already; fetch now and then, and try again later`,
      { headers: { 'retry-after': String(FULL_RETRY_AFTER_S) } },
    );
  }

  private add(listener: Listener): void {
    const opener = openerOf(listener);
    this.listeners.add(listener);
    this.counts.set(opener, (this.counts.get(opener) ?? 0) + 1);
  }

  private remove(listener: Listener): void {
    const opener = openerOf(listener);
    const left = this.counts.get(opener)! - 1;
    this.listeners.delete(listener);
    if (left > 0) this.counts.set(opener, left);
    else this.counts.delete(opener);
  }

  private tell(listener: Listener, snapshot: EnvironmentSnapshot): void {
    if (listener.behind) {
      listener.missed = true;
      return;
    }
    const text = textOf(listener.telling, snapshot);
    if (text !== '') this.write(listener, text);
  }

  private write(listener: Listener, text: string): void {
    if (listener.response.write(text)) return;
    listener.behind = true;
    // Starts again with every byte that is taken: what is large may take its time.
    listener.response.setTimeout(this.limits.stalledMs ?? STALLED_MS);
  }

  private catchUp(listener: Listener): void {
    listener.behind = false;
    listener.response.setTimeout(0);
    if (!listener.missed) return;
    listener.missed = false;
    const held = this.state.environment(listener.environment);
    if (held) this.tell(listener, held.snapshot);
  }

  /** Not ended in good order: that would wait until all is read. */
  private endIfRevoked({ keyId, environment, response }: Listener): void {
    if (keyId !== null && this.state.environmentOfKey(keyId) !== environment) response.destroy();
  }
}

const openerOf = ({ keyId, environment }: Listening): string => keyId ?? `tickets of ${environment}`;

const idOf = ({ etag }: EnvironmentSnapshot): string => etag.replaceAll('"', '');

function textOf(telling: Telling, snapshot: EnvironmentSnapshot): string {
  const told = telling(snapshot);
  if (told === null) return '';
  const { event, data } = told;
  const name = event ? `event: ${event}\n` : '';
  return `${name}id: ${idOf(snapshot)}\ndata: ${JSON.stringify(data)}\n\n`;
}
