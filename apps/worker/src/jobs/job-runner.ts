import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUnavailable } from '@app/events';
import { JOB_HANDLERS, type JobHandler, type JobKind } from './job-handler.js';
import { afterFailure } from './next-due.js';

/** A row of `schedules` whose time has come. */
export interface DueJob {
  readonly kind: JobKind;
  readonly subjectId: string;
  /** Somebody waits for it. */
  readonly requested: boolean;
}

interface DueRow {
  kind: JobKind;
  subject_id: string;
  requested_at: Date | null;
}

/** A job's own failure, kept apart from losing the database. */
class JobFailed extends Error {
  constructor(
    readonly row: DueRow,
    override readonly cause: unknown,
  ) {
    super(`${row.kind} of ${row.subject_id} failed`, { cause });
  }
}

/**
 * Runs due rows of `schedules`, each in a transaction of its own that holds the row: another worker passes over it, and
 * a worker that dies leaves it due. A job that fails is put off and says why; the others go on.
 */
@Injectable()
export class JobRunner {
  private readonly handlers: ReadonlyMap<JobKind, JobHandler>;

  constructor(
    private readonly database: Database,
    @Inject(JOB_HANDLERS) handlers: readonly JobHandler[],
  ) {
    this.handlers = new Map(handlers.map((handler) => [handler.kind, handler]));
  }

  /** What is due, the longest due first. */
  async due(now: Date): Promise<DueJob[]> {
    const rows = await this.database.query<DueRow>(
      `SELECT kind, subject_id, requested_at FROM schedules WHERE due_at <= $1 AND kind = ANY($2)
       ORDER BY due_at, kind, subject_id`,
      [now, [...this.handlers.keys()]],
    );
    return rows.map((row) => ({
      kind: row.kind,
      subjectId: row.subject_id,
      requested: row.requested_at !== null,
    }));
  }

  /** @returns how many of these jobs ran, failed ones included; those that another worker has or had are passed over */
  async run(jobs: readonly DueJob[], now: Date, keepOn: () => boolean): Promise<number> {
    let ran = 0;
    for (const job of jobs) {
      if (!keepOn()) break;
      if (await this.runOne(job, now)) ran += 1;
    }
    return ran;
  }

  /** Whether anything is due, in another worker's hands included. */
  async anyDue(now: Date): Promise<boolean> {
    const [row] = await this.database.query<{ due: boolean }>(
      'SELECT EXISTS (SELECT FROM schedules WHERE due_at <= $1 AND kind = ANY($2)) AS due',
      [now, [...this.handlers.keys()]],
    );
    return row?.due ?? false;
  }

  private async runOne(job: DueJob, now: Date): Promise<boolean> {
    try {
      return await this.database.transaction(() => this.runLocked(job, now));
    } catch (error) {
      if (!(error instanceof JobFailed) || isUnavailable(error.cause)) throw error;
      await this.putOff(error, now);
      return true;
    }
  }

  private async runLocked({ kind, subjectId }: DueJob, now: Date): Promise<boolean> {
    const [row] = await this.database.query<DueRow>(
      `SELECT kind, subject_id, requested_at FROM schedules
       WHERE kind = $1 AND subject_id = $2 AND due_at <= $3 FOR UPDATE SKIP LOCKED`,
      [kind, subjectId, now],
    );
    if (!row) return false;
    const next = await this.handlers
      .get(row.kind)!
      .run({ subjectId: row.subject_id, now, requestedAt: row.requested_at })
      .catch((error: unknown) => {
        throw new JobFailed(row, error);
      });
    await this.moveOn(row, next, now);
    return true;
  }

  private async moveOn(row: DueRow, next: Date | null, now: Date): Promise<void> {
    if (next) {
      await this.database.query(
        `UPDATE schedules SET due_at = $3, requested_at = NULL, last_run_at = $4, attempts = 0, last_error = NULL
         WHERE kind = $1 AND subject_id = $2`,
        [row.kind, row.subject_id, next, now],
      );
    } else {
      await this.database.query(
        'DELETE FROM schedules WHERE kind = $1 AND subject_id = $2 AND due_at <= $3',
        [row.kind, row.subject_id, now],
      );
    }
  }

  /** Only while it is still due: another worker may have done better in the meantime. */
  private async putOff({ row, cause }: JobFailed, now: Date): Promise<void> {
    const words = cause instanceof Error ? cause.message : String(cause);
    console.error(`worker: ${row.kind} of ${row.subject_id} failed: ${words}`);
    await this.database.transaction(async () => {
      const [found] = await this.database.query<{ attempts: number }>(
        'SELECT attempts FROM schedules WHERE kind = $1 AND subject_id = $2 AND due_at <= $3 FOR UPDATE',
        [row.kind, row.subject_id, now],
      );
      if (!found) return;
      await this.database.query(
        'UPDATE schedules SET attempts = $3, last_error = $4, last_run_at = $5, due_at = $6 WHERE kind = $1 AND subject_id = $2',
        [
          row.kind,
          row.subject_id,
          found.attempts + 1,
          words.slice(0, 2000),
          now,
          afterFailure(now, found.attempts + 1),
        ],
      );
    });
  }
}
