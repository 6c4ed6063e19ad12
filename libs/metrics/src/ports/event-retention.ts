/** What a run of retention did. */
export interface RetentionRun {
  /** Events of days before this one are gone: midnight UTC; null when none ever were. */
  readonly floor: Date | null;
  readonly droppedDays: readonly string[];
  readonly droppedKeys: number;
  /** Experiments and rollouts whose statistics stand for ever from now on. */
  readonly frozen: readonly string[];
  /** The open experiment or rollout because of which days are kept that are old enough to go; null when none is. */
  readonly heldBackBy: string | null;
}

/** Drops days of events that are no longer kept. Unit rows, statistics, looks and receipts outlive them. */
export abstract class EventRetention {
  /**
   * One worker at a time. A crash at any moment leaves what the next run goes on from.
   *
   * @returns null when another worker is at it, somebody reads a day that goes, or something waits that must be counted
   *   first: then it is run again soon
   */
  abstract run(now: Date, keepDays: number): Promise<RetentionRun | null>;
}
