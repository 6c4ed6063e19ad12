import type { Decision } from '@app/bucketing';
import { ContenderError, type SdkErrorCode, wordsOf } from './errors.js';
import type { ContenderStats } from './client.js';
import { EventQueue } from './events/event-queue.js';
import { EventSender } from './events/event-sender.js';
import {
  type Feedback,
  feedbackEvent,
  type Outcome,
  outcomeEvent,
  OutcomeProblem,
} from './events/outcome.js';
import type { WaitingExposure, WireEvent } from './events/wire-event.js';
import { Exposures } from './exposures/exposures.js';
import { type ContenderOptions, type Settings, settingsOf } from './options.js';
import { type Platform, thisPlatform } from './platform.js';
import { RulesetFollower } from './ruleset/ruleset-follower.js';
import { RulesetHolder } from './ruleset/ruleset-holder.js';
import { ServerTime } from './server-time.js';
import { Drops, Troubles } from './trouble.js';

/** Characters of events that wait, at most, whatever their number. */
const QUEUE_CHARACTERS = 32 * 1024 * 1024;
const BACKOFF = { firstMs: 500, longestMs: 30_000 };
/** A stream is opened anew sooner: it is what makes changes arrive within a second. */
const RULESET_BACKOFF = { firstMs: 250, longestMs: 30_000 };
/** What an ending process waits for its events at most. */
const EXIT_FLUSH_MS = 3_000;
const EXIT_SIGNALS = ['SIGTERM', 'SIGINT'];

/** What a client is made of, wired together. */
export class ClientParts {
  readonly holder: RulesetHolder;
  readonly exposures: Exposures;
  private readonly settings: Settings;
  private readonly platform: Platform;
  private readonly troubles: Troubles;
  private readonly time: ServerTime;
  private readonly queue: EventQueue;
  private readonly drops: Drops;
  private readonly sender: EventSender | null = null;
  private readonly follower: RulesetFollower | null = null;
  private stopHearingExits: (() => void) | null = null;
  private closed = false;
  private lostAtExit = 0;

  constructor(options: ContenderOptions) {
    const given = typeof options === 'object' && options !== null ? options : {};
    const { settings, problems } = settingsOf(given);
    this.settings = settings;
    this.platform = { ...thisPlatform({ fetch: given.fetch }), ...given.platform };
    this.troubles = new Troubles(given.onError, this.platform);
    const { report } = this.troubles;
    for (const problem of problems) this.trouble('OPTIONS_INVALID', problem);
    this.time = new ServerTime(this.platform.now);
    this.queue = new EventQueue({ events: settings.queueSize, characters: QUEUE_CHARACTERS });
    this.drops = new Drops(this.platform, report);
    this.holder = new RulesetHolder(this.platform, settings, report);
    this.exposures = new Exposures(
      {
        hasRoom: () => this.hasRoom(),
        take: (exposure) => this.push(exposure, 'exposures'),
        unfit: () =>
          this.trouble(
            'EVENT_INVALID',
            'a unit of more than 256 characters, or with characters that cannot be stored, is not recorded',
          ),
        nowMs: () => this.time.nowMs(),
      },
      settings.remembered,
    );
    if (given.bootstrap !== undefined) this.takeBootstrap(given.bootstrap);
    if (settings.url === null) return;
    this.sender = this.makeSender(settings.url);
    this.follower = this.makeFollower(settings.url);
    this.follower.start();
    if (settings.flushOnExit) {
      this.stopHearingExits = this.platform.exits?.on(EXIT_SIGNALS, () => this.flushAtExit()) ?? null;
    }
  }

  async ready(timeoutMs = this.settings.readyTimeoutMs): Promise<boolean> {
    if (this.holder.compiled !== null) return true;
    if (this.follower === null) return false;
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        callOff();
        resolve(this.holder.compiled !== null);
      };
      const stop = this.holder.listen(done);
      const callOff = this.platform.after(timeoutMs, done, true);
    });
  }

  async refresh(): Promise<boolean> {
    return this.guarded(Promise.resolve(false), () => this.follower?.look() ?? Promise.resolve(false));
  }

  queueOutcome(outcome: Outcome): boolean {
    return this.queueEvent(() => outcomeEvent(outcome, this.time.nowMs(), this.platform.newId));
  }

  queueFeedback(feedback: Feedback): boolean {
    return this.queueEvent(() => feedbackEvent(feedback, this.time.nowMs(), this.platform.newId));
  }

  async flush(withinMs: number): Promise<boolean> {
    try {
      return (await this.sender?.flush(withinMs)) ?? this.queue.size === 0;
    } catch (error) {
      this.trouble('EVENTS_UNDELIVERED', wordsOf(error), error);
      return false;
    }
  }

  async close(withinMs: number): Promise<boolean> {
    if (this.closed) return this.queue.size === 0;
    this.closed = true;
    this.stopHearingExits?.();
    this.follower?.close();
    const done = await this.flush(withinMs);
    this.sender?.close();
    this.holder.close();
    if (!done) this.lost();
    return done;
  }

  stats(): ContenderStats {
    const { holder, queue, sender } = this;
    return {
      rulesetVersion: holder.compiled?.version ?? null,
      stale: holder.stale,
      streaming: this.follower?.streaming ?? false,
      waiting: { exposures: queue.count('exposures'), outcomes: queue.count('outcomes') },
      dropped: { ...this.drops.dropped },
      delivered: { ...(sender?.delivered ?? { accepted: 0, duplicates: 0, rejected: 0 }) },
      remembered: this.exposures.remembered,
    };
  }

  trouble(code: SdkErrorCode, message: string, cause?: unknown): void {
    this.troubles.report(new ContenderError(code, message, { cause }));
  }

  /** What `call` gives; when it throws, the other value, and the trouble is told. */
  guarded<T>(otherwise: T, call: () => T): T {
    try {
      return call();
    } catch (error) {
      this.trouble('EVALUATION_FAILED', wordsOf(error), error);
      return otherwise;
    }
  }

  /** The answer where nothing can be decided. */
  noAnswer(task: string): Decision {
    return Object.freeze({
      task,
      variant: null,
      model: null,
      source: 'none',
      reason: 'ERROR',
      experiment: null,
      rollout: null,
      subjectId: null,
      epoch: null,
      propensity: 1,
      exposes: false,
      carried: false,
    } satisfies Decision);
  }

  private makeSender(url: string): EventSender {
    const { flushIntervalMs, batchSize, requestTimeoutMs: timeoutMs } = this.settings;
    return new EventSender(
      this.queue,
      { flushIntervalMs, batchSize, backoff: BACKOFF },
      { url: `${url}/api/v1/events`, headers: () => this.headers(), platform: this.platform, timeoutMs },
      this.troubles.report,
    );
  }

  private makeFollower(url: string): RulesetFollower {
    const { stream, pollIntervalMs, maxStalenessMs, requestTimeoutMs: timeoutMs } = this.settings;
    // Three chances to be confirmed before what is held counts as stale.
    const confirmIntervalMs = Math.min(20_000, maxStalenessMs / 3);
    return new RulesetFollower(
      this.holder,
      this.platform,
      {
        url,
        headers: () => this.headers(),
        stream,
        pollIntervalMs: Math.min(pollIntervalMs, confirmIntervalMs),
        confirmIntervalMs,
        timeoutMs,
        backoff: RULESET_BACKOFF,
      },
      this.troubles.report,
      { time: (date) => this.time.learn(date), reachable: () => this.sender?.reachable() },
    );
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.settings.key}` };
  }

  private takeBootstrap(given: object | string): void {
    this.guarded(undefined, () => {
      try {
        this.holder.takeBootstrap(typeof given === 'string' ? this.parse(given) : given);
      } catch (error) {
        this.trouble('RULESET_UNREADABLE', `the bootstrap cannot be read: ${wordsOf(error)}`, error);
      }
    });
  }

  private parse(given: string): unknown {
    if (given.trimStart().startsWith('{')) return JSON.parse(given);
    if (this.platform.readFile === null) throw new Error('there are no files here');
    return JSON.parse(this.platform.readFile(given));
  }

  private queueEvent(make: () => WireEvent): boolean {
    try {
      return this.push(make(), 'outcomes');
    } catch (error) {
      const message = error instanceof OutcomeProblem ? error.message : `it is no event: ${wordsOf(error)}`;
      this.trouble('EVENT_INVALID', message, error);
      return false;
    }
  }

  private hasRoom(): boolean {
    if (this.sender === null || this.closed) return false;
    if (this.queue.hasRoom('exposures')) return true;
    this.drops.count('exposures');
    return false;
  }

  private push(one: WaitingExposure | WireEvent, kind: 'exposures' | 'outcomes'): boolean {
    // Without an edge there is nobody to record anything.
    if (this.sender === null || this.closed) return false;
    if (!this.queue.push(one)) {
      this.drops.count(kind);
      return false;
    }
    this.sender.wake();
    return true;
  }

  /** Node asks again whenever nothing is left to do, so what was tried in vain is not tried for ever. */
  private async flushAtExit(): Promise<void> {
    if (this.queue.size === 0 || this.queue.size === this.lostAtExit) return;
    if ((await this.flush(EXIT_FLUSH_MS)) || !this.platform.exits?.final) return;
    this.lostAtExit = this.queue.size;
    this.lost();
  }

  private lost(): void {
    const { size } = this.queue;
    this.trouble('EVENTS_LOST', `${size} events were not delivered before the end`);
  }
}
