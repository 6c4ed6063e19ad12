import type { ServerResponse } from 'node:http';
import type { StreamAnswer } from '../http/route.js';
import type { EdgeState } from '../snapshot/edge-state.js';
import type { EnvironmentSnapshot } from '../snapshot/snapshot.js';

/** Proxies let go of connections that say nothing for a minute or so. */
const HEARTBEAT_MS = 20_000;
/** Someone who reads nothing must not hold memory for ever: he is cut off, and asks again. */
const STALLED_MS = 60_000;
const RETRY_MS = 1000;

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

/** Server-sent events to everybody who wants to know of new rules. */
export class RulesetStreams {
  private readonly listeners = new Set<Listener>();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly stopListening: () => void;
  private readonly stopWatching: () => void;

  /** @param stalledMs milliseconds after which a listener that is behind and reads nothing is cut off */
  constructor(
    private readonly state: EdgeState,
    private readonly stalledMs = STALLED_MS,
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

  /** A stream that tells at once what is in force, and then every change; to a slow reader the newest alone. */
  open(listening: Listening): StreamAnswer {
    return {
      status: 200,
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      },
      stream: (response) => {
        const listener: Listener = { ...listening, response, behind: false, missed: false };
        this.listeners.add(listener);
        response.once('close', () => this.listeners.delete(listener));
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
    listener.response.setTimeout(this.stalledMs);
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

const idOf = ({ etag }: EnvironmentSnapshot): string => etag.replaceAll('"', '');

function textOf(telling: Telling, snapshot: EnvironmentSnapshot): string {
  const told = telling(snapshot);
  if (told === null) return '';
  const { event, data } = told;
  const name = event ? `event: ${event}\n` : '';
  return `${name}id: ${idOf(snapshot)}\ndata: ${JSON.stringify(data)}\n\n`;
}
