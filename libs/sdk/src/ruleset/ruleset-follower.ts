import { type Backoff, retryAfterMs, waitAfter } from '../backoff.js';
import { ContenderError, wordsOf } from '../errors.js';
import type { Report } from '../events/deliver.js';
import type { OpenStream, Platform } from '../platform.js';
import { EventStreamReader } from './event-stream.js';
import type { RulesetHolder } from './ruleset-holder.js';

export interface FollowerOptions {
  readonly url: string;
  readonly headers: () => Record<string, string>;
  readonly stream: boolean;
  /** Between two looks while no stream tells of changes. */
  readonly pollIntervalMs: number;
  /** Between two looks while one does: they confirm, and find what a stream lost. */
  readonly confirmIntervalMs: number;
  readonly timeoutMs: number;
  readonly backoff: Backoff;
}

/** What answers tell beside the rules. */
export interface EdgeNews {
  readonly time: (dateHeader: string | null) => void;
  /** The edge answers again, after it did not. */
  readonly reachable: () => void;
}

/** An edge says something every 20 seconds; a stream that is silent for longer than this is dead without knowing. */
const LONGEST_SILENCE_MS = 65_000;

/**
 * Keeps a holder at the newest ruleset: a stream tells that there is one, looks with an ETag fetch it, and regular looks
 * confirm that none was missed. What fails is tried again, more seldom each time.
 */
export class RulesetFollower {
  private looking: Promise<boolean> | null = null;
  private again = false;
  private failures = 0;
  private streamFailures = 0;
  private openStream: OpenStream | null = null;
  private callOffLook: (() => void) | null = null;
  private callOffStream: (() => void) | null = null;
  private closed = false;
  /** Whether a stream is telling of changes. */
  streaming = false;

  constructor(
    private readonly holder: RulesetHolder,
    private readonly platform: Platform,
    private readonly options: FollowerOptions,
    private readonly report: Report,
    private readonly learned: EdgeNews,
  ) {}

  start(): void {
    void this.look();
    if (this.options.stream) this.listen();
  }

  close(): void {
    this.closed = true;
    this.callOffLook?.();
    this.callOffStream?.();
    this.openStream?.close();
    this.openStream = null;
    this.streaming = false;
  }

  /** Looks now; who asks while a look runs makes another one follow it. @returns whether the edge answered */
  look(): Promise<boolean> {
    if (this.looking) {
      this.again = true;
      return this.looking;
    }
    this.callOffLook?.();
    this.looking = this.lookOnce().finally(() => {
      this.looking = null;
      if (!this.again || this.closed) return;
      this.again = false;
      void this.look();
    });
    return this.looking;
  }

  private async lookOnce(): Promise<boolean> {
    const wait = await this.fetchOnce();
    if (!this.closed) this.callOffLook = this.platform.after(wait, () => void this.look());
    return this.failures === 0;
  }

  /** @returns milliseconds until the next look */
  private async fetchOnce(): Promise<number> {
    const { platform, options, holder } = this;
    const control = new AbortController();
    const stop = platform.after(options.timeoutMs, () => control.abort(new Error('no answer in time')));
    let asked: number | null = null;
    try {
      const held: Record<string, string> = holder.etag === null ? {} : { 'if-none-match': holder.etag };
      const answer = await platform.fetch(`${options.url}/api/v1/ruleset`, {
        method: 'GET',
        headers: { ...options.headers(), ...held },
        signal: control.signal,
      });
      const text = await answer.text();
      if (this.closed) return 0;
      const { status, headers } = answer;
      this.learned.time(headers.get('date'));
      // How old the edge's own knowledge is: it may have lost its database.
      const confirmedAt = platform.now() - 1000 * Number(headers.get('age') ?? 0);
      if (status === 304) holder.confirm(confirmedAt);
      else if (status === 200) holder.takeAnswer(text, headers.get('etag'), confirmedAt);
      else {
        asked = retryAfterMs(headers.get('retry-after'), platform.now());
        throw new Refused(status, text);
      }
      if (this.failures > 0) this.learned.reachable();
      this.failures = 0;
      return this.streaming ? options.confirmIntervalMs : options.pollIntervalMs;
    } catch (error) {
      if (this.closed) return 0;
      this.failures += 1;
      this.report(
        new ContenderError(
          error instanceof Refused && error.isOfTheKey ? 'KEY_REFUSED' : 'RULESET_UNREACHABLE',
          `the ruleset cannot be fetched: ${wordsOf(error)}`,
          { cause: error },
        ),
      );
      return Math.max(asked ?? 0, waitAfter(this.failures, options.backoff, platform.random()));
    } finally {
      stop();
    }
  }

  private listen(): void {
    const { platform, options } = this;
    const reader = new EventStreamReader();
    let opened: OpenStream | null = null;
    let callOffSilence = (): void => undefined;
    const heard = (): void => {
      callOffSilence();
      callOffSilence = platform.after(LONGEST_SILENCE_MS, () => {
        opened?.close();
        end();
      });
    };
    const end = (): void => {
      callOffSilence();
      const hadOne = this.streaming;
      this.streaming = false;
      this.openStream = null;
      if (this.closed) return;
      this.streamFailures += 1;
      const wait = waitAfter(this.streamFailures, options.backoff, platform.random());
      this.callOffStream = platform.after(wait, () => this.listen());
      // Looks were as seldom as a stream allows. Only when one is lost: each attempt to open another would put them off.
      if (hadOne && !this.looking && this.failures === 0) {
        this.callOffLook?.();
        this.callOffLook = platform.after(options.pollIntervalMs, () => void this.look());
      }
    };
    heard();
    opened = platform.openStream(
      `${options.url}/api/v1/ruleset/stream`,
      { ...options.headers(), accept: 'text/event-stream' },
      {
        status: (status) => {
          this.streaming = status === 200;
        },
        text: (text) => {
          heard();
          for (const { event, data } of reader.read(text)) {
            if (event !== 'ruleset') continue;
            if (this.streamFailures > 0) this.learned.reachable();
            this.streamFailures = 0;
            if (isNews(data, this.holder)) void this.look();
          }
        },
        end,
      },
    );
    this.openStream = opened;
  }
}

class Refused extends Error {
  readonly isOfTheKey: boolean;

  constructor(status: number, text: string) {
    const code = /"code":"([A-Z_]+)"/.exec(text)?.[1];
    super(`the edge answers ${status}${code ? ` (${code})` : ''}`);
    this.isOfTheKey = status === 401 || status === 403;
  }
}

function isNews(data: string, { etag }: RulesetHolder): boolean {
  try {
    return (JSON.parse(data) as { etag?: unknown }).etag !== etag;
  } catch {
    return true;
  }
}
