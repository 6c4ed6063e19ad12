import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AnalysisError, type Look, LookReader } from '@app/analysis';
import { Database } from '@app/database';
import { PENDING_CHANNEL } from '@app/events';
import type { Experiment } from '@app/experiments';
import { Clock } from '@app/kernel';

/** How long a request waits for a worker. */
const WAIT_MS = 30_000;
const ASK_EVERY_MS = 40;

/** Asks the workers for a look now and waits for it. */
@Injectable()
export class LookRequests {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly looks: LookReader,
  ) {}

  /** @throws AnalysisError `LOOK_NOT_POSSIBLE` it never ran; `LOOK_NOT_TAKEN` no worker did it in time, or it failed */
  async take(experiment: Experiment): Promise<Look> {
    if (!experiment.fixedAtStart) {
      throw new AnalysisError(
        'LOOK_NOT_POSSIBLE',
        `${experiment.key} is a ${experiment.state} that never ran; there is nothing to look at`,
      );
    }
    await this.ask(experiment.id);
    await this.wait(experiment);
    const look = await this.looks.latest(experiment.id);
    if (!look) throw new AnalysisError('LOOK_NOT_TAKEN', `the look of ${experiment.key} was not taken`);
    return look;
  }

  private async ask(experimentId: string): Promise<void> {
    await this.database.query(
      `INSERT INTO schedules (kind, subject_id, due_at, requested_at) VALUES ('look', $1, $2, $2)
       ON CONFLICT (kind, subject_id) DO UPDATE SET
         due_at = least(schedules.due_at, excluded.due_at), requested_at = excluded.requested_at, attempts = 0,
         last_error = NULL`,
      [experimentId, this.clock.now()],
    );
    await this.database.query('SELECT pg_notify($1, $2)', [PENDING_CHANNEL, 'look']);
  }

  private async wait({ id, key }: Experiment): Promise<void> {
    for (const began = performance.now(); performance.now() - began < WAIT_MS; await sleep(ASK_EVERY_MS)) {
      const [row] = await this.database.query<{ requested: boolean; last_error: string | null }>(
        `SELECT requested_at IS NOT NULL AS requested, last_error FROM schedules WHERE kind = 'look' AND subject_id = $1`,
        [id],
      );
      if (!row?.requested) return;
      if (row.last_error !== null) {
        throw new AnalysisError('LOOK_NOT_TAKEN', `the look of ${key} failed: ${row.last_error}`);
      }
    }
    throw new AnalysisError(
      'LOOK_NOT_TAKEN',
      `no worker took the look of ${key} within ${WAIT_MS / 1000} seconds; is one running?`,
    );
  }
}
