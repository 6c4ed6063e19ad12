/** What a row of `schedules` asks for. */
export type JobKind = 'look' | 'rollout' | 'start' | 'stop' | 'holdout';

/** A due job. Its row is locked until the job's transaction ends. */
export interface Job {
  readonly subjectId: string;
  readonly now: Date;
  /** When somebody asked for it by hand; null when its time had come. */
  readonly requestedAt: Date | null;
}

/**
 * Does one kind of scheduled work, inside the transaction that also moves its schedule: all of it or nothing, once,
 * however many workers there are.
 */
export interface JobHandler {
  readonly kind: JobKind;
  /** @returns when it is due again; null when never: its schedule is removed unless the job itself set a later time */
  run(job: Job): Promise<Date | null>;
}

/** Injection token of all handlers. */
export const JOB_HANDLERS = Symbol('job handlers');
