import type { ArmMoments, MetricKind } from '@app/stats';

/** Units that were first exposed on one day, and what they have come to by now. */
export interface DailySeries {
  readonly subjectId: string;
  /** Oldest first; days without a first exposure are left out. */
  readonly days: readonly Day[];
}

export interface Day {
  /** UTC, YYYY-MM-DD. */
  readonly day: string;
  /** First exposed that day, per arm; crossing and carried units left out. */
  readonly units: Readonly<Record<string, number>>;
  readonly metrics: ReadonlyArray<{
    readonly metricId: string;
    readonly key: string;
    readonly kind: MetricKind;
    /** Over the day's units whose window has closed; epochs together. */
    readonly arms: Readonly<Record<string, ArmMoments>>;
  }>;
}
