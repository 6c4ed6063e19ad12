import {
  type ArmMoments,
  type Bin,
  binnedQuantile,
  mergeArmMoments,
  type MetricKind,
  type QuantileEvidence,
} from '@app/stats';
import { binEdges } from './quantile-bin.js';
import type { MeasuredMetric, SubjectEvidence } from './subject-evidence.js';

/** An epoch and the weights its arms had. */
export interface EpochRow {
  readonly number: number;
  readonly weights: Readonly<Record<string, number>>;
}

/** Exposures of one arm in one epoch. */
export interface ExposureRow {
  readonly epoch: number;
  readonly variant: string;
  readonly units: number;
  readonly crossingUnits: number;
  readonly carriedUnits: number;
}

/** One metric in one epoch and arm. */
export interface MetricRow {
  readonly metricId: string;
  readonly epoch: number;
  readonly variant: string;
  readonly moments: ArmMoments;
  readonly openUnits: number;
  readonly lastAt: Date | null;
}

/** Events of a quantile metric in one epoch, arm and bin. */
export interface BinRow {
  readonly metricId: string;
  readonly epoch: number;
  readonly variant: string;
  readonly bin: number;
  readonly events: number;
  readonly byUnitEvents: number;
  readonly squareGrowth: number;
}

export interface MetricIdentity {
  readonly metricId: string;
  readonly key: string;
  readonly version: number;
  readonly kind: MetricKind;
  /** Level of a quantile; null of any other kind. */
  readonly quantile: number | null;
  readonly bounds: readonly [number, number] | null;
}

export interface EvidenceRows {
  readonly epochs: readonly EpochRow[];
  readonly exposures: readonly ExposureRow[];
  readonly firstExposureAt: Date | null;
  readonly lastExposureAt: Date | null;
  readonly metrics: readonly MetricIdentity[];
  readonly moments: readonly MetricRow[];
  readonly bins: readonly BinRow[];
}

const DAY_MS = 86_400_000;

/** Puts the statistics of a subject together as a look reads them. */
export function mergeEvidence(subjectId: string, asOf: Date, rows: EvidenceRows): SubjectEvidence {
  const { exposures, firstExposureAt, lastExposureAt } = rows;
  const metrics = rows.metrics.map((metric) =>
    mergeMetric(
      metric,
      rows.moments.filter((row) => row.metricId === metric.metricId),
      rows.bins.filter((row) => row.metricId === metric.metricId),
    ),
  );
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
    lastExposureAt,
    lastOutcomeAt: latest(metrics.map(({ lastAt }) => lastAt)),
    fullDays:
      firstExposureAt === null
        ? 0
        : Math.max(0, Math.floor((asOf.getTime() - firstExposureAt.getTime()) / DAY_MS)),
  };
}

function mergeMetric(
  metric: MetricIdentity,
  rows: readonly MetricRow[],
  bins: readonly BinRow[],
): MeasuredMetric {
  const epochs = new Map<number, Map<string, ArmMoments>>();
  const pooled = new Map<string, ArmMoments>();
  const openUnits: Record<string, number> = {};
  for (const { epoch, variant, moments, openUnits: open } of rows) {
    const arms = epochs.get(epoch) ?? new Map<string, ArmMoments>();
    const quantile = quantileOf(
      metric,
      moments.n,
      bins.filter((row) => row.epoch === epoch && row.variant === variant),
    );
    arms.set(variant, quantile ? { ...moments, quantile } : moments);
    epochs.set(epoch, arms);
    const known = pooled.get(variant);
    pooled.set(variant, known ? mergeArmMoments(known, moments) : moments);
    openUnits[variant] = (openUnits[variant] ?? 0) + open;
  }
  const { metricId, key, version, kind } = metric;
  return {
    ...{ metricId, key, version, kind },
    epochs: [...epochs.entries()]
      .sort(([a], [b]) => a - b)
      .map(([number, arms]) => ({ number, arms: Object.fromEntries(arms) })),
    ...(kind === 'quantile' && { quantiles: quantilesOf(metric, pooled, bins) }),
    openUnits,
    lastAt: latest(rows.map(({ lastAt }) => lastAt)),
  };
}

function quantilesOf(
  metric: MetricIdentity,
  pooled: ReadonlyMap<string, ArmMoments>,
  bins: readonly BinRow[],
): Record<string, QuantileEvidence> {
  const found: Record<string, QuantileEvidence> = {};
  for (const [variant, { n }] of pooled) {
    const quantile = quantileOf(
      metric,
      n,
      bins.filter((row) => row.variant === variant),
    );
    if (quantile) found[variant] = quantile;
  }
  return found;
}

/** @param rows of one arm, of one epoch or several */
function quantileOf(
  { quantile, bounds }: MetricIdentity,
  units: number,
  rows: readonly BinRow[],
): QuantileEvidence | null {
  if (quantile === null || rows.length === 0) return null;
  const bins = new Map<number, Bin>();
  for (const row of rows) {
    const known = bins.get(row.bin);
    const [lower, upper] = binEdges(row.bin, bounds);
    bins.set(row.bin, {
      lower,
      upper,
      events: (known?.events ?? 0) + row.events,
      byUnitEvents: (known?.byUnitEvents ?? 0) + row.byUnitEvents,
      squareGrowth: (known?.squareGrowth ?? 0) + row.squareGrowth,
    });
  }
  const inOrder = [...bins.entries()].sort(([a], [b]) => a - b).map(([, bin]) => bin);
  return binnedQuantile(inOrder, units, quantile);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function latest(dates: ReadonlyArray<Date | null>): Date | null {
  return dates.reduce((best, date) => (date !== null && (best === null || date > best) ? date : best), null);
}
