import type { Exits, FetchAnswer, Platform, StreamListener } from '../platform.js';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly keepalive: boolean;
}

export interface Given {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

type Answering = (asked: Asked) => Given | Error;

/** A place to run in whose time is moved by hand and whose network says what it is told to. */
export class FakePlatform implements Platform {
  readonly asked: Asked[] = [];
  readonly streams: Array<StreamListener & { url: string; open: boolean }> = [];
  readonly files = new Map<string, string>();
  /** What an opened stream says and does first. */
  onStream: (stream: StreamListener) => void = () => undefined;
  exitCall: (() => Promise<unknown>) | null = null;
  /** What a route answers; `METHOD /path`. */
  readonly answers = new Map<string, Answering>();
  private readonly timers = new Set<{ at: number; call: () => void }>();
  private ids = 0;
  nowMs = Date.parse('2026-01-10T12:00:00Z');
  chance = 0.5;

  now = (): number => this.nowMs;
  random = (): number => this.chance;
  newId = (): string => `id-${(this.ids += 1)}`;
  readFile = (path: string): string => {
    const text = this.files.get(path);
    if (text === undefined) throw new Error(`there is no ${path}`);
    return text;
  };
  exits: Exits = {
    final: true,
    on: (_signals, call) => {
      this.exitCall = call;
      return () => (this.exitCall = null);
    },
  };

  after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: this.nowMs + ms, call };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };

  fetch: Platform['fetch'] = async (url, { method, headers, body = '', keepalive = false }) => {
    const asked = { method, path: new URL(url).pathname, headers, body, keepalive };
    this.asked.push(asked);
    const answer = this.answers.get(`${method} ${asked.path}`)?.(asked) ?? new Error('connection refused');
    if (answer instanceof Error) throw answer;
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? null);
    return {
      status: answer.status,
      headers: { get: (name) => answer.headers?.[name] ?? null },
      text: async () => text,
      body: null,
    } satisfies FetchAnswer;
  };

  openStream: Platform['openStream'] = (url, _headers, listener) => {
    const stream = { ...listener, url, open: true };
    this.streams.push(stream);
    setImmediate(() => this.onStream(stream));
    return { close: () => (stream.open = false) };
  };

  /** Moves time on, timer by timer, letting what each sets off happen before the next. */
  async pass(ms: number): Promise<void> {
    const until = this.nowMs + ms;
    for (;;) {
      await settled();
      const next = [...this.timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.at);
      next.call();
    }
    this.nowMs = until;
    await settled();
  }

  count(route: string): number {
    return this.asked.filter(({ method, path }) => `${method} ${path}` === route).length;
  }
}

/** Promises that wait for nothing but each other are through. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
