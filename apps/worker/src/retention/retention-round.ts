import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '@app/database';
import { Clock } from '@app/kernel';
import { EventRetention, type RetentionRun } from '@app/metrics';
import { WorkerConfig } from '../config.js';
import type { RoundOutcome } from '../loop/round.js';

/** Days end once a day; looking for one this often is cheap. */
const REST_MS = 60_000;

/** Drops days of events that are no longer kept, beside everything else a worker does. */
@Injectable()
export class RetentionRound {
  private next: Date | null = null;
  private heldBackBy: string | null = null;

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
    if (run) this.tell(run);
    return 'idle';
  }

  private tell({ droppedDays, droppedKeys, frozen, heldBackBy }: RetentionRun): void {
    if (droppedDays.length > 0) {
      const days = `${droppedDays[0]} to ${droppedDays.at(-1)}`;
      console.error(`worker: dropped ${droppedDays.length} days of events, ${days}, and ${droppedKeys} keys`);
    }
    for (const subject of frozen) console.error(`worker: the statistics of ${subject} stand as they are now`);
    if (heldBackBy !== null && heldBackBy !== this.heldBackBy)
      console.error(`worker: days old enough to be dropped are kept for ${heldBackBy}`);
    this.heldBackBy = heldBackBy;
  }
}
