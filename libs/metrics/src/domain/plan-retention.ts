import type { SubjectKind } from '@app/bucketing';

const DAY_MS = 86_400_000;

/** How long a subject stays open for retention after its last outcome may have happened: late ones still count. */
export const SETTLING_MS = DAY_MS;

/** A subject whose unit rows are still recomputed from events. */
export interface RetainedSubject {
  readonly id: string;
  readonly kind: SubjectKind;
  readonly key: string;
  /** When it opened, or its first exposure where that is earlier. */
  readonly since: Date;
  /** Outcomes after this do not count; null while it is open. */
  readonly outcomesUntil: Date | null;
}

export interface RetentionPlan {
  /** Days before this one are dropped: midnight UTC. */
  readonly floor: Date;
  /** Subjects whose events are dropped in part, so that nothing may recompute their rows. */
  readonly freeze: readonly RetainedSubject[];
  /** The open subject that keeps days from being dropped; null when none does. */
  readonly heldBackBy: RetainedSubject | null;
}

/**
 * Which days may go: those older than the days kept, and a day more because clocks differ about midnight; of open
 * subjects none from the day before their first exposure on. Closed subjects hold nothing back; their rows stand.
 *
 * @param floor of the time before; it never goes back. Null: nothing was ever dropped
 */
export function planRetention(
  now: Date,
  keepDays: number,
  floor: Date | null,
  subjects: readonly RetainedSubject[],
): RetentionPlan {
  const wanted = dayOf(now.getTime() - (keepDays + 1) * DAY_MS);
  let limit = wanted;
  let heldBackBy: RetainedSubject | null = null;
  const closed: RetainedSubject[] = [];
  for (const subject of subjects) {
    if (isClosed(subject, now)) closed.push(subject);
    else if (neededFrom(subject) < limit) {
      limit = neededFrom(subject);
      heldBackBy = subject;
    }
  }
  const next = Math.max(limit, floor?.getTime() ?? -Infinity);
  return { floor: new Date(next), freeze: closed.filter((one) => neededFrom(one) < next), heldBackBy };
}

const isClosed = ({ outcomesUntil }: RetainedSubject, now: Date): boolean =>
  outcomesUntil !== null && outcomesUntil.getTime() + SETTLING_MS <= now.getTime();

/** The day before the first exposure: an outcome may be stamped a little earlier than its exposure. */
const neededFrom = ({ since }: RetainedSubject): number => dayOf(since.getTime() - DAY_MS);

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;
