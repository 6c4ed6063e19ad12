import { type Backoff, waitAfter } from '../backoff.js';
import { ContenderError } from '../errors.js';
import type { Platform } from '../platform.js';
import { deliver, type Deliverer, type Delivery, type Report } from './deliver.js';
import type { EventQueue } from './event-queue.js';

export interface SenderOptions {
  /** Longest an event waits for others to be sent with. */
  readonly flushIntervalMs: number;
  readonly batchSize: number;
  readonly backoff: Backoff;
}

/** Characters of one request; the edge takes 16 MiB. */
const BATCH_CHARACTERS = 2 * 1024 * 1024;

/**
 * Sends what waits in a queue, one batch at a time, and again until the edge has acknowledged it: ids make a repeated
 * event count once, so nothing is lost by sending twice.
 */
export class EventSender {
  readonly delivered = { accepted: 0, duplicates: 0, rejected: 0 };
  private callOff: (() => void) | null = null;
  private running: Promise<boolean> | null = null;
  private failures = 0;
  /** By the edge's word. */
  private notBeforeMs = 0;
  private most: number;
  private closed = false;

  constructor(
    private readonly queue: EventQueue,
    private readonly options: SenderOptions,
    private readonly to: Deliverer,
    private readonly report: Report,
  ) {
    this.most = options.batchSize;
  }

  private get platform(): Platform {
    return this.to.platform;
  }

  /** Something was queued. */
  wake(): void {
    if (this.closed) return;
    // A full batch need not wait, unless sending fails at the moment.
    if (this.callOff === null) this.schedule(this.options.flushIntervalMs);
    else if (this.failures === 0 && this.queue.size === this.options.batchSize) {
      this.callOff();
      this.schedule(0);
    }
  }

  /** The edge answers again: what waits because it did not is tried at once, as far as the edge has not said when. */
  reachable(): void {
    if (this.closed || this.failures === 0) return;
    this.failures = 0;
    if (this.callOff === null) return;
    this.callOff();
    this.schedule(0);
  }

  /**
   * Sends all that waits. Fails at the first batch that does not arrive, or tries again until the time is over.
   * @returns whether nothing waits any more
   */
  async flush(withinMs: number): Promise<boolean> {
    const deadline = this.platform.now() + withinMs;
    for (;;) {
      if (await this.sendAll()) return true;
      const left = deadline - this.platform.now();
      const wait = this.waitMs();
      if (left <= 0 || wait > left) return false;
      await new Promise<void>((resolve) => void this.platform.after(wait, resolve, true));
    }
  }

  close(): void {
    this.closed = true;
    this.callOff?.();
    this.callOff = null;
  }

  private schedule(ms: number): void {
    this.callOff = this.platform.after(ms, () => {
      this.callOff = null;
      void this.sendAll().then((done) => {
        if (this.closed || this.callOff !== null) return;
        if (!done) this.schedule(this.waitMs());
        else if (this.queue.size > 0) this.schedule(this.options.flushIntervalMs);
      });
    });
  }

  private waitMs(): number {
    const asked = this.notBeforeMs - this.platform.now();
    return Math.max(
      asked,
      waitAfter(Math.max(1, this.failures), this.options.backoff, this.platform.random()),
    );
  }

  /** One at a time: who comes while a round runs, waits for it, and for a round of what was queued since. */
  private sendAll(): Promise<boolean> {
    const next = (this.running ?? Promise.resolve(true)).then(() => this.round());
    this.running = next;
    void next.finally(() => {
      if (this.running === next) this.running = null;
    });
    return next;
  }

  private async round(): Promise<boolean> {
    let left = this.queue.size;
    while (left > 0) {
      if (this.platform.now() < this.notBeforeMs) return false;
      const lines = this.queue.lines(Math.min(this.most, left), BATCH_CHARACTERS);
      const delivery = await deliver(lines, this.to);
      if (!this.settle(delivery, lines.length)) return false;
      left = Math.min(left - (delivery.kind === 'arrived' ? lines.length : 0), this.queue.size);
    }
    return true;
  }

  /** @returns whether to go on at once */
  private settle(delivery: Delivery, count: number): boolean {
    switch (delivery.kind) {
      case 'arrived':
        this.queue.drop(count);
        this.count(delivery);
        this.failures = 0;
        this.most = Math.min(this.options.batchSize, this.most * 2);
        return true;
      case 'unfit':
        this.unfit(delivery.why, count);
        return true;
      case 'refused':
        this.failures += 1;
        // A key that was revoked will hardly be taken again in a moment.
        this.notBeforeMs = this.platform.now() + this.options.backoff.longestMs;
        this.report(new ContenderError('KEY_REFUSED', `${delivery.why}; events wait`));
        return false;
      case 'later':
        this.failures += 1;
        if (delivery.afterMs !== null) this.notBeforeMs = this.platform.now() + delivery.afterMs;
        this.report(
          new ContenderError('EVENTS_UNDELIVERED', `${delivery.why}; ${this.queue.size} events wait`, {
            count: this.queue.size,
          }),
        );
        return false;
    }
  }

  private count({ accepted, duplicates, rejected }: Delivery & { kind: 'arrived' }): void {
    this.delivered.accepted += accepted;
    this.delivered.duplicates += duplicates;
    this.delivered.rejected += rejected.length;
    const [first] = rejected;
    if (!first) return;
    const message = `${rejected.length} events were refused, the first with ${first.code}: ${first.message}`;
    this.report(new ContenderError('EVENTS_REJECTED', message, { count: rejected.length }));
  }

  /** Halves the batch until the one event that spoils it is alone, and drops that. */
  private unfit(why: string, count: number): void {
    if (count > 1) {
      this.most = Math.ceil(count / 2);
      return;
    }
    this.queue.drop(1);
    this.delivered.rejected += 1;
    this.report(new ContenderError('EVENTS_REJECTED', `${why}; the event is dropped`, { count: 1 }));
  }
}
