export type HoldoutState = 'planned' | 'running' | 'ended';

/** Units of some tasks that stay on the champions of its creation, so that all changes together can be measured. */
export interface Holdout {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly description: string | null;
  readonly environment: string;
  /** Part of all units that is held back, above 0 and below 1. */
  readonly share: number;
  /** Salt of its own hash, frozen at creation: a unit's membership can be recomputed at any later time. */
  readonly salt: string;
  readonly state: HoldoutState;
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  readonly tasks: readonly HoldoutTask[];
  /** What it is measured by; more may be added until it ends. */
  readonly metrics: readonly HoldoutMetric[];
  /** Units of both arms at which its intervals are narrowest, frozen at creation. */
  readonly plannedUnits: number;
  /** Goes up by one at every change. */
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** A task of a holdout, with the champion it had when the holdout was made. */
export interface HoldoutTask {
  readonly task: string;
  readonly modelId: string;
  /** `key@version`. */
  readonly model: string;
}

/** A metric of a holdout, pinned to its version. */
export interface HoldoutMetric {
  readonly metricId: string;
  readonly key: string;
  readonly version: number;
}

/** `plannedUnits` when nobody says how many. */
export const DEFAULT_PLANNED_UNITS = 5000;

/** Days after its end in which outcomes of its units still count. */
export const GRACE_DAYS = 7;

/** Relative weights of the arms: as many units are compared with those held back as there can be. */
export function holdoutWeights(share: number): Readonly<Record<'held' | 'open', number>> {
  return { held: share, open: Math.min(share, 1 - share) };
}

/** Salt of a holdout's hash. */
export function holdoutSaltOf(key: string): string {
  return `holdout:${key}`;
}

/** What a holdout's dates ask for at a moment; null when nothing. */
export function dueStep(
  holdout: Pick<Holdout, 'state' | 'startAt' | 'endAt'>,
  now: Date,
): 'start' | 'end' | null {
  const { state, startAt, endAt } = holdout;
  if (state === 'ended') return null;
  // One whose end passed before anybody could start it has nothing left to hold.
  if (endAt && endAt <= now) return 'end';
  return state === 'planned' && (!startAt || startAt <= now) ? 'start' : null;
}

/** When its dates next ask for something; null when never. */
export function nextDue({
  state,
  startAt,
  endAt,
}: Pick<Holdout, 'state' | 'startAt' | 'endAt'>): Date | null {
  if (state === 'ended') return null;
  return state === 'planned' ? (startAt ?? endAt) : endAt;
}
