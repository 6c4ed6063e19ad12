import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, DatabaseClock, type VirtualTime } from '@app/database';
import { isUnavailable } from '@app/events';
import { Clock } from '@app/kernel';
import { Aggregator } from '@app/metrics';
import { JobRunner } from '../jobs/job-runner.js';

/** How often and how long a round waits for other workers before a look that was asked for. */
const PATIENCE_ROUNDS = 100;
const PATIENCE_MS = 20;

/** What a round came to: `worked` wants another at once, `waiting` soon (another worker is at it), `idle` a rest. */
export type RoundOutcome = 'worked' | 'waiting' | 'idle';

/**
 * One round of a worker: count what came in, then do what is due.
 *
 * In virtual time the order is strict, so that a look sees every event sent before time moved: jobs wait until nothing
 * is left to count, nothing is due while time is held, and a request to move time is settled when nothing is left at all.
 */
@Injectable()
export class Round {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly aggregator: Aggregator,
    private readonly jobs: JobRunner,
  ) {}

  async run(keepOn: () => boolean): Promise<RoundOutcome> {
    const time = this.clock instanceof DatabaseClock ? await this.clock.refresh() : null;
    const now = this.clock.now();
    // Listed before counting: whoever asks for a look finds in it all that was sent before.
    const due = await this.jobs.due(now);
    const { counted, failure } = await this.count(now, time !== null);
    if (time && (await this.aggregator.hasWork(now))) return counted ? 'worked' : 'waiting';
    if (time?.held) return counted ? 'worked' : 'idle';
    if (!failure && due.some(({ requested }) => requested)) await this.countTheRest(now);
    const ran = await this.jobs.run(due, now, keepOn);
    if (failure) throw failure;
    if (counted || ran > 0) return 'worked';
    if (!time || time.settled >= time.requested) return 'idle';
    return this.settle(time);
  }

  /**
   * What cannot be counted must not keep a rollout from being stopped: jobs run all the same, and the round fails after
   * them. In virtual time nothing may happen before everything is counted.
   */
  private async count(now: Date, strict: boolean): Promise<{ counted: boolean; failure?: Error }> {
    try {
      return { counted: await this.aggregator.round(now) };
    } catch (error) {
      if (strict || isUnavailable(error)) throw error;
      return { counted: false, failure: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  /** For a look that somebody waits for: what other workers are counting, within reason while more keeps coming. */
  private async countTheRest(now: Date): Promise<void> {
    for (let round = 0; round < PATIENCE_ROUNDS && (await this.aggregator.hasWork(now)); round += 1) {
      if (!(await this.aggregator.round(now))) await sleep(PATIENCE_MS);
    }
  }

  /** Jobs may have made something to count or to do, or another worker is still at one: then not yet. */
  private async settle({ requested, now }: VirtualTime): Promise<RoundOutcome> {
    if ((await this.aggregator.hasWork(now)) || (await this.jobs.anyDue(now))) return 'waiting';
    await this.database.query('UPDATE virtual_clock SET settled = greatest(settled, $1) WHERE NOT held', [
      requested,
    ]);
    return 'worked';
  }
}
