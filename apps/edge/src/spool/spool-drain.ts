import {
  type AppendStatus,
  type EventStore,
  isNotStorable,
  type NewEvent,
  type RefusedEvent,
  type RefusedEventStore,
} from '@app/events';
import type { Clock } from '@app/kernel';
import type { Spool } from '@app/spool';
import { isAway } from '../events/store-away.js';
import { log, wordsOf } from '../log.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import { decodeBatch, type SpooledBatch } from './spooled-batch.js';

export interface DrainParts {
  readonly spool: Pick<Spool, 'next' | 'release' | 'bytes'>;
  readonly store: EventStore;
  readonly refused: RefusedEventStore;
  readonly clock: Clock;
  readonly monitoring: Pick<Monitoring, 'drained'>;
  /** The database took something: new events may go straight to it again. */
  readonly onBack: () => void;
}

const READ_BYTES = 1024 * 1024;
const GROUP_EVENTS = 2000;
/** Batches share a transaction, and so one time of receipt, when they came within this. */
const TOGETHER_MS = 1000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/** Brings spooled events into the database, in order, under the ids they were acknowledged with. */
export class SpoolDrain {
  private wakeUp: (() => void) | null = null;
  private woken = true;
  private stopped = false;
  private away = false;
  private running: Promise<void> | null = null;

  constructor(private readonly parts: DrainParts) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Something was spooled. @param reason why the database could not take it, when that is news */
  wake(reason?: unknown): void {
    if (reason !== undefined && !this.away) {
      this.away = true;
      log('warn', 'the database is away; events are spooled', { reason: wordsOf(reason) });
    }
    this.woken = true;
    this.wakeUp?.();
  }

  /** Ends after what is under way, or without it when that takes too long; the rest stays on disk for the next start. */
  async stop(withinMs: number): Promise<void> {
    this.stopped = true;
    this.wakeUp?.();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.running,
      new Promise((resolve) => {
        timer = setTimeout(resolve, withinMs);
      }),
    ]);
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.stopped) {
      try {
        this.woken = false;
        const payloads = await this.parts.spool.next(READ_BYTES);
        if (payloads === null) {
          this.back();
          if (!this.woken && !this.stopped) await this.sleep();
          continue;
        }
        await this.store(payloads);
        this.parts.spool.release();
        this.back();
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (!isAway(error)) log('error', 'the spool cannot be drained now', { reason: wordsOf(error) });
        await this.sleep(pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  private back(): void {
    if (this.away) log('info', 'the database takes events again', { spooledBytes: this.parts.spool.bytes });
    this.away = false;
    this.parts.onBack();
  }

  private sleep(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? null : setTimeout(done, ms);
      function done(): void {
        if (timer) clearTimeout(timer);
        resolve();
      }
      // A pause between two tries is ended by stopping only: batches that go on coming must not make it shorter.
      this.wakeUp = () => {
        if (ms === undefined || this.stopped) done();
      };
    });
  }

  private async store(payloads: readonly Buffer[]): Promise<void> {
    for (const group of groupsOf(payloads.map(decodeBatch))) await this.storeGroup(group);
  }

  private async storeGroup(group: readonly SpooledBatch[]): Promise<void> {
    const { environment, receivedAt } = group[0]!;
    const events = group.flatMap((batch) => batch.events);
    const own = new Set<NewEvent>(group.flatMap((batch) => batch.own.map((place) => batch.events[place]!)));
    let statuses: AppendStatus[];
    try {
      statuses = await this.parts.store.append(environment, events, receivedAt);
    } catch (error) {
      if (!isNotStorable(error)) throw error;
      await this.storeOneByOne(group, error);
      return;
    }
    const { drained } = this.parts.monitoring;
    for (const status of statuses) drained.inc({ result: status });
    const clashes = events.filter((event, place) => statuses[place] === 'reused' && !own.has(event));
    await this.refuse(environment, receivedAt, clashes, 'EVENT_ID_REUSED');
  }

  /** The database does not take something in a group: that one is set aside, and the rest goes in. */
  private async storeOneByOne(group: readonly SpooledBatch[], error: unknown): Promise<void> {
    const [batch] = group;
    if (group.length > 1 || batch!.events.length > 1) {
      for (const { events, own, ...rest } of group) {
        for (const [place, event] of events.entries()) {
          await this.storeGroup([{ ...rest, events: [event], own: own.includes(place) ? [0] : [] }]);
        }
      }
      return;
    }
    log('error', 'the database does not take a spooled event', { reason: wordsOf(error) });
    await this.refuse(batch!.environment, batch!.receivedAt, batch!.events, 'NOT_STORABLE');
  }

  private async refuse(
    environment: string,
    receivedAt: Date,
    events: readonly NewEvent[],
    reason: RefusedEvent['reason'],
  ): Promise<void> {
    if (events.length === 0) return;
    const foundAt = this.parts.clock.now();
    const refused = events.map((event) => ({ event, reason }));
    await this.parts.refused.keep(environment, refused, { receivedAt, foundAt });
    this.parts.monitoring.drained.inc({ result: 'refused' }, events.length);
    log('warn', 'spooled events cannot be counted; they are kept in refused_events', {
      environment,
      reason,
      count: events.length,
      firstId: events[0]!.id,
    });
  }
}

/** Neighbours of one environment that came at about the same time, up to so many events. */
function groupsOf(batches: readonly SpooledBatch[]): SpooledBatch[][] {
  const groups: SpooledBatch[][] = [];
  let events = 0;
  for (const batch of batches) {
    const first = groups.at(-1)?.[0];
    const joins =
      first !== undefined &&
      first.environment === batch.environment &&
      Math.abs(batch.receivedAt.getTime() - first.receivedAt.getTime()) < TOGETHER_MS &&
      events + batch.events.length <= GROUP_EVENTS;
    if (joins) groups.at(-1)!.push(batch);
    else {
      groups.push([batch]);
      events = 0;
    }
    events += batch.events.length;
  }
  return groups;
}
