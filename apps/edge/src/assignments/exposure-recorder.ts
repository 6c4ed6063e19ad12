import { type Exposure, exposureSeeds } from '@app/assignment';
import { type ArmSeeds, SeenUnits } from '@app/bucketing';
import type { NewEvent } from '@app/events';
import type { Clock } from '@app/kernel';
import { isAway } from '../events/store-away.js';
import type { KeepAttributes } from '../events/stored-attributes.js';
import { log, wordsOf } from '../log.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import { exposureEvent } from './exposure-event.js';
import { RecentIds } from './recent-ids.js';

/** Makes exposures durable, in the database or on disk. */
export interface ExposureSink {
  append(environment: string, events: readonly NewEvent[], receivedAt: Date): Promise<unknown>;
}

export interface RecorderLimits {
  /** Longest an exposure waits for others to be stored with. */
  readonly gatherMs: number;
  /** Exposures kept while they can be stored nowhere; more are dropped and counted. */
  readonly capacity: number;
  /** Characters of attributes kept with them: a caller may say a quarter of a megabyte about each unit. */
  readonly attributeCapacity: number;
  /** Ids remembered so that the same exposure is not written at every answer. */
  readonly remembered: number;
  readonly retryMs: number;
}

const DEFAULTS: RecorderLimits = {
  gatherMs: 50,
  capacity: 200_000,
  attributeCapacity: 100_000_000,
  remembered: 250_000,
  retryMs: 500,
};
const GROUP = 2000;

/**
 * Stores the exposures of our own answers in groups, after the answer and within 100 ms of it. While neither the database
 * nor the spool takes them they wait here; an outcome that carries its assignment id proves one that was lost on the way.
 */
export class ExposureRecorder {
  private pending: Array<{ environment: string; event: NewEvent; attributeSize: number }> = [];
  private attributesHeld = 0;
  /** Units met before by arm, waiting or stored: looked up at every answer, so no id is computed for one. */
  private readonly met: SeenUnits;
  /** Ids of those known to be durable. */
  private readonly stored: RecentIds;
  private readonly limits: RecorderLimits;
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<boolean> | null = null;
  private closed = false;
  private waiting = false;

  constructor(
    private readonly store: ExposureSink,
    private readonly clock: Clock,
    private readonly monitoring: Pick<Monitoring, 'exposures'>,
    private readonly keepAttributes: KeepAttributes,
    limits: Partial<RecorderLimits> = {},
  ) {
    this.limits = { ...DEFAULTS, ...limits };
    this.met = new SeenUnits(this.limits.remembered);
    this.stored = new RecentIds(this.limits.remembered);
  }

  get pendingCount(): number {
    return this.pending.length;
  }

  /** Whether this unit's exposure to an arm was met before and need not be recorded again. */
  knows(arm: ArmSeeds, unit: string): boolean {
    return this.met.has(arm, unit);
  }

  record(environment: string, exposures: readonly Exposure[]): void {
    for (const exposure of exposures) {
      const { subjectId, epoch, variant, unit } = exposure;
      if (this.met.has(exposureSeeds(subjectId, epoch, variant), unit)) continue;
      if (this.isStored(exposure.id)) {
        this.met.addLast();
        continue;
      }
      const event = exposureEvent(exposure, this.keepAttributes);
      const attributeSize = event.attributes === null ? 0 : JSON.stringify(event.attributes).length;
      if (
        this.pending.length >= this.limits.capacity ||
        this.attributesHeld + attributeSize > this.limits.attributeCapacity
      ) {
        // Not remembered, so that the unit's next answer tries again.
        this.monitoring.exposures.inc({ result: 'dropped' });
        continue;
      }
      this.pending.push({ environment, event, attributeSize });
      this.attributesHeld += attributeSize;
      this.met.addLast();
    }
    if (this.pending.length > 0) this.schedule(this.limits.gatherMs);
  }

  /** Whether an exposure is known to be durable; one that only waits here would be lost with the process. */
  isStored(id: string): boolean {
    return this.stored.has(id);
  }

  /** These exposures were stored, by us or with an event that carried their assignment id. */
  remember(ids: readonly string[]): void {
    for (const id of ids) this.stored.add(id);
  }

  /** Stores what is waiting; false when some of it still waits. */
  flush(): Promise<boolean> {
    this.flushing ??= this.flushAll().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  /** Stores what is left, for as long as it may take. */
  async close(withinMs: number): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    const deadline = performance.now() + withinMs;
    while (!(await this.flush()) && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (this.pending.length > 0) {
      log('error', 'exposures were not stored before the end', { count: this.pending.length });
    }
  }

  private schedule(inMs: number): void {
    if (this.timer || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush().then((done) => {
        if (!done) this.schedule(this.limits.retryMs);
        else if (this.pending.length > 0) this.schedule(this.limits.gatherMs);
      });
    }, inMs);
  }

  private async flushAll(): Promise<boolean> {
    while (this.pending.length > 0) {
      const { environment } = this.pending[0]!;
      const group = this.pending.slice(0, GROUP).filter((one) => one.environment === environment);
      const events = group.map(({ event }) => event);
      try {
        await this.storeGroup(environment, events);
      } catch (error) {
        if (!this.waiting) {
          log('warn', 'exposures cannot be stored now and wait', { reason: wordsOf(error) });
        }
        this.waiting = true;
        return false;
      }
      if (this.waiting) log('info', 'exposures are being stored again', { count: this.pending.length });
      this.waiting = false;
      const done = new Set(group);
      this.pending = this.pending.filter((one) => !done.has(one));
      for (const { attributeSize } of group) this.attributesHeld -= attributeSize;
    }
    return true;
  }

  /** One exposure that the database refuses must not hold up the others for ever: it is dropped and counted. */
  private async storeGroup(environment: string, events: readonly NewEvent[]): Promise<void> {
    try {
      await this.store.append(environment, events, this.clock.now());
      this.remember(events.map(({ id }) => id));
      this.monitoring.exposures.inc({ result: 'recorded' }, events.length);
    } catch (error) {
      if (isAway(error)) throw error;
      if (events.length > 1) {
        for (const event of events) await this.storeGroup(environment, [event]);
        return;
      }
      log('error', 'an exposure was refused and is dropped', { id: events[0]!.id, reason: wordsOf(error) });
      this.monitoring.exposures.inc({ result: 'refused' });
    }
  }
}
