import type { ArmMoments } from '@app/stats';

/** What was measured on a task before: for plans and checks. */
export abstract class TrafficReader {
  /** Different units exposed a day on a task over the last days; null without any. */
  abstract unitsPerDay(task: string, environment: string, now: Date): Promise<number | null>;
  /** Moments of a metric over all units measured on a task in an environment; null without any. */
  abstract baseline(task: string, environment: string, metric: string): Promise<ArmMoments | null>;
  /** Which of these event names had no event in the environment over the last days. */
  abstract silent(environment: string, eventNames: readonly string[], now: Date): Promise<string[]>;
  /** Key of a rollout under way on the task, if any. */
  abstract activeRollout(task: string, environment: string): Promise<string | null>;
  abstract arms(subjectId: string): Promise<ArmHealth[]>;
  abstract lastEvents(
    subjectId: string,
  ): Promise<{ firstExposureAt: Date | null; lastExposureAt: Date | null; lastOutcomeAt: Date | null }>;
  /** Units whose events wait to be counted, in the environment. */
  abstract pendingUnits(environment: string): Promise<number>;
}

/** How far the units of an arm got. */
export interface ArmHealth {
  readonly variant: string;
  /** Units that were given the arm and seen. */
  readonly assigned: number;
  /** Those of them that count: seen in no other arm, not carried over. */
  readonly exposed: number;
  readonly crossing: number;
  readonly carried: number;
  /** Exposed units with a value, by metric id. */
  readonly scored: Readonly<Record<string, number>>;
}
