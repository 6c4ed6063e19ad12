import { type ArmMoments, mergeArmMoments, type MetricKind } from '@app/stats';
import type { MeasuredMetric, SubjectEvidence } from './subject-evidence.js';

/** An epoch and the weights its arms had. */
export interface EpochRow {
  readonly number: number;
  readonly weights: Readonly<Record<string, number>>;
}

/** Exposures of one arm in one epoch, over all buckets. */
export interface ExposureRow {
  readonly epoch: number;
  readonly variant: string;
  readonly units: number;
  readonly crossingUnits: number;
  readonly carriedUnits: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** One metric in one bucket, epoch and arm. */
export interface MetricRow {
  readonly metricId: string;
  readonly epoch: number;
  readonly variant: string;
  readonly moments: ArmMoments;
  readonly openUnits: number;
  readonly lastAt: Date | null;
}

export interface MetricIdentity {
  readonly metricId: string;
  readonly key: string;
  readonly version: number;
  readonly kind: MetricKind;
}

export interface EvidenceRows {
  readonly epochs: readonly EpochRow[];
  readonly exposures: readonly ExposureRow[];
  readonly metrics: readonly MetricIdentity[];
  /** In bucket order: merging in one order gives the same last bit every time. */
  readonly buckets: readonly MetricRow[];
}

const DAY_MS = 86_400_000;

/** Merges the statistics of all buckets of a subject into what a look reads. */
export function mergeEvidence(subjectId: string, asOf: Date, rows: EvidenceRows): SubjectEvidence {
  const exposures = rows.exposures;
  const metrics = rows.metrics.map((metric) =>
    mergeMetric(
      metric,
      rows.buckets.filter((row) => row.metricId === metric.metricId),
    ),
  );
  const firstExposureAt = earliest(exposures.map(({ firstAt }) => firstAt));
  return {
    subjectId,
    asOf,
    epochs: rows.epochs.map(({ number, weights }) => ({
      number,
      weights,
      units: Object.fromEntries(
        exposures
          .filter((row) => row.epoch === number && row.units > 0)
          .map(({ variant, units }) => [variant, units]),
      ),
    })),
    crossing: {
      units: sum(exposures.map((row) => row.crossingUnits)),
      exposed: sum(exposures.map((row) => row.units + row.crossingUnits + row.carriedUnits)),
    },
    carriedUnits: sum(exposures.map((row) => row.carriedUnits)),
    metrics,
    firstExposureAt,
    lastExposureAt: latest(exposures.map(({ lastAt }) => lastAt)),
    lastOutcomeAt: latest(metrics.map(({ lastAt }) => lastAt)),
    fullDays:
      firstExposureAt === null
        ? 0
        : Math.max(0, Math.floor((asOf.getTime() - firstExposureAt.getTime()) / DAY_MS)),
  };
}

function mergeMetric(metric: MetricIdentity, rows: readonly MetricRow[]): MeasuredMetric {
  const epochs = new Map<number, Map<string, ArmMoments>>();
  const openUnits: Record<string, number> = {};
  for (const { epoch, variant, moments, openUnits: open } of rows) {
    const arms = epochs.get(epoch) ?? new Map<string, ArmMoments>();
    const known = arms.get(variant);
    arms.set(variant, known ? mergeArmMoments(known, moments) : moments);
    epochs.set(epoch, arms);
    openUnits[variant] = (openUnits[variant] ?? 0) + open;
  }
  return {
    ...metric,
    epochs: [...epochs.entries()]
      .sort(([a], [b]) => a - b)
      .map(([number, arms]) => ({ number, arms: Object.fromEntries(arms) })),
    openUnits,
    lastAt: latest(rows.map(({ lastAt }) => lastAt)),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function latest(dates: ReadonlyArray<Date | null>): Date | null {
  return dates.reduce((best, date) => (date !== null && (best === null || date > best) ? date : best), null);
}

function earliest(dates: readonly Date[]): Date | null {
  return dates.reduce<Date | null>((best, date) => (best === null || date < best ? date : best), null);
}
