import type { ArmMoments, CovariateMoments } from '@app/stats';
import type {
  BinRow,
  EpochRow,
  EvidenceRows,
  ExposureRow,
  MetricIdentity,
  MetricRow,
} from '../domain/merge-evidence.js';

export interface SqlExposure {
  value: string;
  epoch: number;
  variant: string;
  units: number;
  crossing_units: number;
  carried_units: number;
}

export interface SqlMoments {
  value: string;
  metric_id: string;
  epoch: number;
  variant: string;
  n: number;
  mean: number;
  mean_rest: number;
  m2: number;
  denominator_mean: number | null;
  denominator_m2: number | null;
  denominator_comoment: number | null;
  covariate_n: number;
  covariate_mean: number | null;
  covariate_m2: number | null;
  covariate_comoment: number | null;
  covariate_value_gap: number | null;
  covariate_denominator_gap: number | null;
  covariate_denominator_comoment: number | null;
  open_units: number;
  last_at: string | null;
}

interface SqlBin {
  value: string;
  metric_id: string;
  epoch: number;
  variant: string;
  bin: number;
  events: number;
  by_unit_events: number;
  square_growth: number;
}

export type SqlMetric = Omit<MetricIdentity, 'metricId'> & { metric_id: string };

export interface SqlEvidence {
  epochs: EpochRow[];
  metrics: SqlMetric[];
  seen: Array<{ first_at: string | null; last_at: string | null }>;
  exposures: SqlExposure[];
  moments: SqlMoments[];
  bins: SqlBin[];
}

/** The rows of one value of a dimension. */
export function evidenceRows(found: SqlEvidence, value: string): EvidenceRows {
  const belongs = (row: { value: string }): boolean => row.value === value;
  const [seen] = found.seen;
  return {
    epochs: found.epochs,
    metrics: found.metrics.map(metricIdentity),
    firstExposureAt: dateOf(seen?.first_at ?? null),
    lastExposureAt: dateOf(seen?.last_at ?? null),
    exposures: found.exposures.filter(belongs).map(exposureRow),
    moments: found.moments.filter(belongs).map(metricRow),
    bins: found.bins.filter(belongs).map(binRow),
  };
}

export function metricIdentity({ metric_id, ...metric }: SqlMetric): MetricIdentity {
  return { metricId: metric_id, ...metric };
}

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

function exposureRow(row: SqlExposure): ExposureRow {
  return {
    epoch: row.epoch,
    variant: row.variant,
    units: row.units,
    crossingUnits: row.crossing_units,
    carriedUnits: row.carried_units,
  };
}

function metricRow(row: SqlMoments): MetricRow {
  return {
    metricId: row.metric_id,
    epoch: row.epoch,
    variant: row.variant,
    moments: momentsOf(row),
    openUnits: row.open_units,
    lastAt: dateOf(row.last_at),
  };
}

function binRow(row: SqlBin): BinRow {
  return {
    metricId: row.metric_id,
    epoch: row.epoch,
    variant: row.variant,
    bin: row.bin,
    events: row.events,
    byUnitEvents: row.by_unit_events,
    squareGrowth: row.square_growth,
  };
}

export function momentsOf(row: SqlMoments): ArmMoments {
  return {
    n: row.n,
    mean: row.mean,
    m2: row.m2,
    ...(row.mean_rest !== 0 && { meanRest: row.mean_rest }),
    ...(row.denominator_mean !== null && {
      denominator: {
        mean: row.denominator_mean,
        m2: row.denominator_m2 ?? 0,
        comoment: row.denominator_comoment ?? 0,
      },
    }),
    ...(row.covariate_n > 0 && { covariate: covariateOf(row) }),
  };
}

function covariateOf(row: SqlMoments): CovariateMoments {
  const complete = row.covariate_n === row.n;
  const ratio = row.denominator_mean !== null;
  return {
    mean: row.covariate_mean ?? 0,
    m2: row.covariate_m2 ?? 0,
    comoment: row.covariate_comoment ?? 0,
    ...(!complete && { n: row.covariate_n, valueGap: row.covariate_value_gap ?? 0 }),
    ...(!complete && ratio && { denominatorGap: row.covariate_denominator_gap ?? 0 }),
    ...(ratio && { denominatorComoment: row.covariate_denominator_comoment ?? 0 }),
  };
}
