import type { ServerResponse } from 'node:http';
import type { StreamAnswer } from '../http/route.js';
import type { EdgeState } from '../snapshot/edge-state.js';
import type { EnvironmentSnapshot } from '../snapshot/snapshot.js';

/** Proxies let go of connections that say nothing for a minute or so. */
const HEARTBEAT_MS = 20_000;
/** Someone who reads nothing must not make memory grow: he is cut off, and asks again. */
const MOST_UNREAD_BYTES = 64 * 1024;
const RETRY_MS = 1000;

/** How a change of rules is told to one kind of listener; null: it is no news to it. */
export type Telling = (
  snapshot: EnvironmentSnapshot,
) => { readonly event?: string; readonly data: unknown } | null;

interface Listener {
  readonly environment: string;
  readonly response: ServerResponse;
  readonly telling: Telling;
}

/** Server-sent events to everybody who wants to know of new rules. */
export class RulesetStreams {
  private readonly listeners = new Set<Listener>();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly stopListening: () => void;

  constructor(private readonly state: EdgeState) {
    this.stopListening = state.onRuleset((snapshot) => {
      for (const one of this.listeners) {
        if (one.environment === snapshot.environment) this.tell(one, textOf(one.telling, snapshot));
      }
    });
    this.heartbeat = setInterval(() => {
      for (const one of this.listeners) this.tell(one, ': still here\n\n');
    }, HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  get count(): number {
    return this.listeners.size;
  }

  /** A stream that tells at once what is in force, and then every change. `lastEventId`: what the listener knows. */
  open(environment: string, telling: Telling, lastEventId: string | undefined): StreamAnswer {
    return {
      status: 200,
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      },
      stream: (response) => {
        const listener = { environment, response, telling };
        this.listeners.add(listener);
        response.once('close', () => this.listeners.delete(listener));
        response.write(`retry: ${RETRY_MS}\n\n`);
        const held = this.state.environment(environment);
        if (held && lastEventId !== idOf(held.snapshot)) this.tell(listener, textOf(telling, held.snapshot));
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
    for (const { response } of this.listeners) response.end();
  }

  private tell({ response }: Listener, text: string): void {
    if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    else if (text !== '') response.write(text);
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
