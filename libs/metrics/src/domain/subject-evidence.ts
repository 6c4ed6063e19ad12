import type { ArmMoments, EpochCounts, MetricKind, QuantileEvidence } from '@app/stats';

/** What was measured of one metric, in all epochs and arms, over units whose window has closed. */
export interface MeasuredMetric {
  readonly metricId: string;
  readonly key: string;
  readonly version: number;
  readonly kind: MetricKind;
  readonly epochs: ReadonlyArray<{
    readonly number: number;
    readonly arms: Readonly<Record<string, ArmMoments>>;
  }>;
  /** Of a quantile: where it lies in each arm, epochs together. Arms without an estimate are left out. */
  readonly quantiles?: Readonly<Record<string, QuantileEvidence>>;
  /** Units exposed whose window is still open, per arm; never in the moments. */
  readonly openUnits: Readonly<Record<string, number>>;
  /** Latest event that counted. */
  readonly lastAt: Date | null;
}

/** All that is known of a subject's arms at one moment. */
export interface SubjectEvidence {
  readonly subjectId: string;
  readonly asOf: Date;
  /** In the order of their numbers, epochs without units included; crossing and carried units left out. */
  readonly epochs: readonly EpochCounts[];
  /** Units seen in two arms within an epoch, and all units ever exposed. */
  readonly crossing: { readonly units: number; readonly exposed: number };
  /** Units that keep an earlier winner: exposed, never estimated with. */
  readonly carriedUnits: number;
  readonly metrics: readonly MeasuredMetric[];
  readonly firstExposureAt: Date | null;
  /** Latest first exposure of a unit. */
  readonly lastExposureAt: Date | null;
  readonly lastOutcomeAt: Date | null;
  /** Whole days from the first exposure to `asOf`. */
  readonly fullDays: number;
}
