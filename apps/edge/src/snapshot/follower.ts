import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { log, wordsOf } from '../log.js';
import type { EdgeState } from './edge-state.js';
import { followerClient } from './follower-client.js';
import type { Loader } from './loading/loader.js';
import type { PublishedRuleset, RulesetVersion } from './snapshot.js';
import type { Kept } from './snapshot-disk.js';
import { readAccess, readNewerVersions, readRuleset, RULESET_CHANNEL } from './snapshot-queries.js';

const POLL_MS = 1000;
/** With a snapshot from the disk: how long a start waits for a newer one before it answers from what it has. */
const NEWER_WITHIN_MS = 1000;
/** How old the confirmation on disk may get while nothing changes. */
const KEEP_CONFIRMATION_MS = 10_000;
/** However many callers bring unknown keys or tasks, they cause at most this many extra reads a second. */
const NUDGES_PER_SECOND = 5;

/**
 * Keeps the edge's state the newest there is, on a connection of its own: notified at once, and asking every second
 * for notifications that got lost. Answers never wait for it.
 */
export class SnapshotFollower {
  private client: Client | null = null;
  private reading: Promise<void> | null = null;
  private readAgain = false;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private away = false;
  private keptAtMs = 0;
  private lastNudgeMs = Number.NEGATIVE_INFINITY;
  private nudging: Promise<void> | null = null;

  constructor(
    private readonly databaseUrl: string,
    private readonly state: EdgeState,
    /** Reads and keeps what takes long, beside the answers. */
    private readonly loader: Loader,
    private readonly hooks: { readonly onRound: () => Promise<void> | undefined } = {
      onRound: () => undefined,
    },
  ) {}

  /**
   * Takes what the disk has kept, then asks the database. Resolves after the first attempt, whatever came of it; sooner when
   * there is something to answer from and the database hangs.
   */
  async start(kept: Kept | null): Promise<void> {
    if (kept) {
      this.state.takeAccess(kept.access);
      for (const ruleset of kept.rulesets) this.takeWhole(ruleset);
      this.state.confirm(kept.confirmedAtMs);
    }
    const first = this.read();
    await (kept ? Promise.race([first, sleep(NEWER_WITHIN_MS, undefined, { ref: false })]) : first);
    const poll = (): void => {
      this.timer = setTimeout(() => void this.read().then(() => this.stopped || poll()), POLL_MS);
    };
    poll();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.reading;
    await this.client?.end().catch(() => undefined);
    this.client = null;
    if (this.state.confirmedAtMs !== null) await this.keep(this.state.confirmedAtMs);
    await this.loader.close();
  }

  /**
   * Reads because a caller knows something we do not (a new key, a task, an experiment); resolves after a read that
   * began later than the call. While the database is away it resolves at once: a caller must not wait for that.
   */
  async nudge(): Promise<void> {
    if (!this.client) return;
    this.nudging ??= this.readSoon();
    return this.nudging;
  }

  private async readSoon(): Promise<void> {
    const wait = this.lastNudgeMs + 1000 / NUDGES_PER_SECOND - performance.now();
    // Always lets go once, so that `nudging` is set before it is cleared.
    await sleep(Math.max(0, wait));
    this.lastNudgeMs = performance.now();
    this.nudging = null;
    await this.read();
  }

  /** One read at a time; one that is asked for meanwhile follows, since the running one may have begun too early. */
  private read(): Promise<void> {
    if (this.reading) {
      this.readAgain = true;
      return this.reading;
    }
    this.reading = this.readUntilQuiet().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async readUntilQuiet(): Promise<void> {
    do {
      this.readAgain = false;
      await this.readOnce();
    } while (this.readAgain && !this.stopped);
  }

  private async readOnce(): Promise<void> {
    try {
      const client = this.client ?? (await this.connect());
      const beganMs = Date.now();
      const changedAccess = this.state.takeAccess(await readAccess(client));
      const newer = await readNewerVersions(client, this.state.versions());
      let changed = false;
      for (const one of newer) changed = (await this.take(client, one)) || changed;
      this.state.confirm(beganMs);
      await this.hooks.onRound();
      if (this.away) log('info', 'the database is back');
      this.away = false;
      if (changedAccess || changed || beganMs - this.keptAtMs > KEEP_CONFIRMATION_MS) void this.keep(beganMs);
    } catch (error) {
      this.drop();
      if (!this.away) log('warn', 'the database is away; answering from memory', { reason: wordsOf(error) });
      this.away = true;
      await sleep(100);
    }
  }

  private async connect(): Promise<Client> {
    const client = followerClient(this.databaseUrl);
    client.on('error', () => this.drop(client));
    client.on('end', () => this.drop(client));
    client.on('notification', () => void this.read());
    try {
      await client.connect();
      await client.query(`LISTEN ${RULESET_CHANNEL}`);
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
    return client;
  }

  private drop(which: Client | null = this.client): void {
    if (which === null || which !== this.client) return;
    this.client = null;
    which.end().catch(() => undefined);
  }

  /** The first of an environment is taken as a whole, since nobody waits for answers yet; others as what has changed. */
  private async take(client: Client, newer: RulesetVersion): Promise<boolean> {
    const { environment } = newer;
    const base = this.state.environment(environment)?.snapshot;
    if (base && base.version > 0) {
      try {
        const read = await this.loader.read(newer, base.version);
        if (this.state.environment(environment)?.snapshot === base) return this.state.takeRead(read, base);
      } catch (error) {
        log('warn', 'a ruleset is read as a whole', { environment, reason: wordsOf(error) });
      }
    }
    return this.takeWhole(await readRuleset(client, newer));
  }

  private takeWhole(published: PublishedRuleset): boolean {
    const changed = this.state.takeRuleset(published);
    if (changed) this.loader.note(published);
    return changed;
  }

  private keep(confirmedAtMs: number): Promise<void> {
    this.keptAtMs = confirmedAtMs;
    const { state } = this;
    return this.loader
      .keep({ confirmedAtMs, access: state.currentAccess(), versions: state.versions() })
      .catch((error: unknown) => {
        log('error', 'the snapshot could not be kept on disk', { reason: wordsOf(error) });
      });
  }
}
