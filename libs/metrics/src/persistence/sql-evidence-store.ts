import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import type { ArmMoments, MetricKind } from '@app/stats';
import {
  type EpochRow,
  type ExposureRow,
  mergeEvidence,
  type MetricIdentity,
  type MetricRow,
} from '../domain/merge-evidence.js';
import type { SubjectEvidence } from '../domain/subject-evidence.js';
import { EvidenceStore } from '../ports/evidence-store.js';
import { BUCKETS, BUCKETS_BY, EPOCHS, EXPOSURES, EXPOSURES_BY, METRICS } from './evidence.sql.js';

interface SqlExposure {
  value?: string;
  epoch: number;
  variant: string;
  units: number;
  crossing_units: number;
  carried_units: number;
  first_at: Date;
  last_at: Date;
}

interface SqlBucket {
  value?: string;
  metric_id: string;
  epoch: number;
  variant: string;
  n: number | string;
  mean: number;
  m2: number;
  denominator_mean: number | null;
  denominator_m2: number | null;
  denominator_comoment: number | null;
  covariate_n: number | string;
  covariate_mean: number | null;
  covariate_m2: number | null;
  covariate_comoment: number | null;
  open_units: number;
  last_at: Date | null;
}

@Injectable()
export class SqlEvidenceStore extends EvidenceStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async read(subjectId: string, asOf: Date): Promise<SubjectEvidence> {
    const subject = await this.subject(subjectId);
    const exposures = await this.database.query<SqlExposure>(EXPOSURES, [subjectId]);
    const buckets = await this.database.query<SqlBucket>(BUCKETS, [subjectId]);
    return mergeEvidence(subjectId, asOf, {
      ...subject,
      exposures: exposures.map(exposureRow),
      buckets: buckets.map(metricRow),
    });
  }

  override async readBy(
    subjectId: string,
    attribute: string,
    asOf: Date,
  ): Promise<Array<{ value: string; evidence: SubjectEvidence }>> {
    const subject = await this.subject(subjectId);
    const exposures = await this.database.query<SqlExposure>(EXPOSURES_BY, [subjectId, attribute]);
    const buckets = await this.database.query<SqlBucket>(BUCKETS_BY, [subjectId, attribute, asOf]);
    const values = [...new Set(exposures.map(({ value }) => value ?? ''))];
    return values.map((value) => ({
      value,
      evidence: mergeEvidence(subjectId, asOf, {
        ...subject,
        exposures: exposures.filter((row) => row.value === value).map(exposureRow),
        buckets: buckets.filter((row) => row.value === value).map(metricRow),
      }),
    }));
  }

  private async subject(subjectId: string): Promise<{ epochs: EpochRow[]; metrics: MetricIdentity[] }> {
    const epochs = await this.database.query<EpochRow>(EPOCHS, [subjectId]);
    const metrics = await this.database.query<{
      metric_id: string;
      key: string;
      version: number;
      kind: MetricKind;
    }>(METRICS, [subjectId]);
    return {
      epochs,
      metrics: metrics.map(({ metric_id, ...metric }) => ({ metricId: metric_id, ...metric })),
    };
  }
}

function exposureRow(row: SqlExposure): ExposureRow {
  return {
    epoch: row.epoch,
    variant: row.variant,
    units: row.units,
    crossingUnits: row.crossing_units,
    carriedUnits: row.carried_units,
    firstAt: row.first_at,
    lastAt: row.last_at,
  };
}

function metricRow(row: SqlBucket): MetricRow {
  return {
    metricId: row.metric_id,
    epoch: row.epoch,
    variant: row.variant,
    moments: momentsOf(row),
    openUnits: row.open_units,
    lastAt: row.last_at,
  };
}

/** The covariate joins only when every unit has it: its co-moment with the value is over the same units then. */
function momentsOf(row: SqlBucket): ArmMoments {
  const n = Number(row.n);
  return {
    n,
    mean: row.mean,
    m2: row.m2,
    ...(row.denominator_mean !== null && {
      denominator: {
        mean: row.denominator_mean,
        m2: row.denominator_m2 ?? 0,
        comoment: row.denominator_comoment ?? 0,
      },
    }),
    ...(n > 0 &&
      Number(row.covariate_n) === n && {
        covariate: {
          mean: row.covariate_mean ?? 0,
          m2: row.covariate_m2 ?? 0,
          comoment: row.covariate_comoment ?? 0,
        },
      }),
  };
}
