import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import type { ArmMoments, CovariateMoments, MetricKind } from '@app/stats';
import { type EpochRow, type ExposureRow, mergeEvidence, type MetricRow } from '../domain/merge-evidence.js';
import type { SubjectEvidence } from '../domain/subject-evidence.js';
import { EvidenceStore } from '../ports/evidence-store.js';
import { EVIDENCE, EVIDENCE_BY } from './evidence.sql.js';

interface SqlExposure {
  value?: string;
  epoch: number;
  variant: string;
  units: number;
  crossing_units: number;
  carried_units: number;
  first_at: string;
  last_at: string;
}

interface SqlBucket {
  value?: string;
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

interface SqlEvidence {
  epochs: EpochRow[];
  metrics: Array<{ metric_id: string; key: string; version: number; kind: MetricKind }>;
  exposures: SqlExposure[];
  buckets: SqlBucket[];
}

@Injectable()
export class SqlEvidenceStore extends EvidenceStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async read(subjectId: string, asOf: Date): Promise<SubjectEvidence> {
    const [found] = await this.database.query<SqlEvidence>(EVIDENCE, [subjectId]);
    return merged(subjectId, asOf, found!, () => true);
  }

  override async readBy(
    subjectId: string,
    attribute: string,
    asOf: Date,
  ): Promise<Array<{ value: string; evidence: SubjectEvidence }>> {
    const [found] = await this.database.query<SqlEvidence>(EVIDENCE_BY, [subjectId, attribute, asOf]);
    const values = [...new Set(found!.exposures.map((row) => row.value!))];
    return values.map((value) => ({
      value,
      evidence: merged(subjectId, asOf, found!, (row) => row.value === value),
    }));
  }
}

function merged(
  subjectId: string,
  asOf: Date,
  found: SqlEvidence,
  belongs: (row: { value?: string }) => boolean,
): SubjectEvidence {
  return mergeEvidence(subjectId, asOf, {
    epochs: found.epochs,
    metrics: found.metrics.map(({ metric_id, ...metric }) => ({ metricId: metric_id, ...metric })),
    exposures: found.exposures.filter(belongs).map(exposureRow),
    buckets: found.buckets.filter(belongs).map(metricRow),
  });
}

function exposureRow(row: SqlExposure): ExposureRow {
  return {
    epoch: row.epoch,
    variant: row.variant,
    units: row.units,
    crossingUnits: row.crossing_units,
    carriedUnits: row.carried_units,
    firstAt: new Date(row.first_at),
    lastAt: new Date(row.last_at),
  };
}

function metricRow(row: SqlBucket): MetricRow {
  return {
    metricId: row.metric_id,
    epoch: row.epoch,
    variant: row.variant,
    moments: momentsOf(row),
    openUnits: row.open_units,
    lastAt: row.last_at === null ? null : new Date(row.last_at),
  };
}

function momentsOf(row: SqlBucket): ArmMoments {
  const { n } = row;
  return {
    n,
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

function covariateOf(row: SqlBucket): CovariateMoments {
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
