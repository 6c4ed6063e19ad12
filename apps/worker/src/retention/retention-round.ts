import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '@app/database';
import { Clock } from '@app/kernel';
import { EventRetention } from '@app/metrics';
import { WorkerConfig } from '../config.js';
import type { RoundOutcome } from '../loop/round.js';

/** Days end once a day; looking for one this often is cheap, and a run that had to wait is soon repeated. */
const REST_MS = 60_000;

/** Drops days of events that are no longer kept, beside everything else a worker does. */
@Injectable()
export class RetentionRound {
  private next: Date | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly retention: EventRetention,
    private readonly config: WorkerConfig,
  ) {}

  async run(): Promise<RoundOutcome> {
    if (this.clock instanceof DatabaseClock) {
      // Before its first move virtual time may still go back, to when a recording began.
      const { requested, held } = await this.clock.refresh();
      if (requested === 0 || held) return 'idle';
    }
    const now = this.clock.now();
    if (this.next && now < this.next) return 'idle';
    const run = await this.retention.run(now, this.config.CONTENDER_EVENT_RETENTION_DAYS);
    // Virtual time may stand still: what had to wait for something is tried again.
    this.next = run && new Date(now.getTime() + REST_MS);
    if (run && (run.droppedDays.length > 0 || run.frozen.length > 0)) {
      const { droppedDays, droppedKeys, frozen, heldBackBy } = run;
      console.error(
        `worker: dropped ${droppedDays.length} days of events (${droppedKeys} keys)` +
          (frozen.length > 0 ? `; statistics of ${frozen.join(', ')} stand as they are` : '') +
          (heldBackBy === null ? '' : `; older days are kept for ${heldBackBy}`),
      );
    }
    return 'idle';
  }
}
