import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import {
  EMPTY_PAIR_MOMENTS,
  mergeArmMoments,
  pairedRatios,
  type ArmMoments,
  type PairMoments,
} from '@app/stats';
import type { DailySeries, Day } from '../domain/daily-series.js';
import { mergeEvidence } from '../domain/merge-evidence.js';
import type { ShadowPairs } from '../domain/shadow-pairs.js';
import type { SubjectEvidence } from '../domain/subject-evidence.js';
import { AnalyticsStore } from '../ports/analytics-store.js';
import {
  evidenceRows,
  metricIdentity,
  momentsOf,
  type SqlEvidence,
  type SqlExposure,
  type SqlMetric,
  type SqlMoments,
} from './evidence-rows.js';
import { DAYS, EVIDENCE } from './evidence.sql.js';
import { attributeDimension, WHOLE } from './gather.sql.js';
import { SHADOW_PAIRS } from './shadow-pairs.sql.js';
import { SqlAggregator } from './sql-aggregator.js';

interface SqlDays {
  metrics: SqlMetric[];
  exposures: SqlExposure[];
  moments: SqlMoments[];
}

interface SqlShadow {
  key: string;
  kind: string;
  n: number;
  last_at: Date | null;
  /** Champion's value and denominator, challenger's value and denominator; null where there is none. */
  means: Array<number | null>;
  comoments: Array<Array<number | null>>;
}

/** Statistics in the database that holds everything else. */
@Injectable()
export class PostgresAnalyticsStore extends AnalyticsStore {
  private readonly aggregator: SqlAggregator;

  constructor(private readonly database: Database) {
    super();
    this.aggregator = new SqlAggregator(database);
  }

  override round(now: Date): Promise<boolean> {
    return this.aggregator.round(now);
  }

  override hasWork(now: Date): Promise<boolean> {
    return this.aggregator.hasWork(now);
  }

  override waitingSince(environment: string): Promise<Date | null> {
    return this.aggregator.waitingSince(environment);
  }

  override recount(subjectId: string): Promise<number> {
    return this.aggregator.recount(subjectId);
  }

  override recountUnit(environment: string, unit: string): Promise<void> {
    return this.aggregator.recountUnit(environment, unit);
  }

  override hold(unit: string): Promise<void> {
    return this.aggregator.hold(unit);
  }

  override countNow(environment: string, unit: string, now: Date): Promise<void> {
    return this.aggregator.countNow(environment, unit, now);
  }

  override async read(subjectId: string, asOf: Date): Promise<SubjectEvidence> {
    const [found] = await this.database.query<SqlEvidence>(EVIDENCE, [subjectId, WHOLE]);
    return mergeEvidence(subjectId, asOf, evidenceRows(found!, ''));
  }

  override async readBy(
    subjectId: string,
    dimension: string,
    asOf: Date,
  ): Promise<Array<{ value: string; evidence: SubjectEvidence }>> {
    const [found] = await this.database.query<SqlEvidence>(EVIDENCE, [
      subjectId,
      attributeDimension(dimension),
    ]);
    const values = [...new Set(found!.exposures.map((row) => row.value))];
    return values.map((value) => ({
      value,
      evidence: mergeEvidence(subjectId, asOf, evidenceRows(found!, value)),
    }));
  }

  override async shadow(subjectId: string): Promise<ShadowPairs> {
    const rows = await this.database.query<SqlShadow>(SHADOW_PAIRS, [subjectId]);
    return {
      metrics: rows.map((row) => ({ key: row.key, pairs: pairsOf(row) })),
      lastPairAt: rows.reduce<Date | null>(
        (last, { last_at: at }) => (at !== null && (last === null || at > last) ? at : last),
        null,
      ),
    };
  }

  override async daily(subjectId: string): Promise<DailySeries> {
    const [found] = await this.database.query<SqlDays>(DAYS, [subjectId]);
    const { metrics, exposures, moments } = found!;
    const days = [...new Set(exposures.map((row) => row.value))];
    return {
      subjectId,
      days: days.map((day): Day => ({
        day,
        units: unitsOf(exposures.filter((row) => row.value === day)),
        metrics: metrics.map(metricIdentity).map(({ metricId, key, kind }) => ({
          metricId,
          key,
          kind,
          arms: armsOf(moments.filter((row) => row.value === day && row.metric_id === metricId)),
        })),
      })),
    };
  }
}

/** Of what has no denominators the first and the third figure are pairs as they stand. */
function pairsOf({ kind, n, means, comoments }: SqlShadow): PairMoments {
  if (n === 0) return EMPTY_PAIR_MOMENTS;
  const mean = means.map((value) => value ?? 0);
  const moment = (i: number, j: number): number => comoments[i]![j] ?? 0;
  if (kind === 'ratio') {
    const rows = mean.map((_, i) => mean.map((__, j) => moment(i, j)));
    return pairedRatios({ n, mean, comoments: rows }) ?? EMPTY_PAIR_MOMENTS;
  }
  return {
    n,
    x: { mean: mean[0]!, m2: moment(0, 0) },
    y: { mean: mean[2]!, m2: moment(2, 2) },
    comoment: moment(0, 2),
  };
}

function unitsOf(rows: readonly SqlExposure[]): Record<string, number> {
  const units: Record<string, number> = {};
  for (const row of rows) units[row.variant] = (units[row.variant] ?? 0) + row.units;
  return units;
}

function armsOf(rows: readonly SqlMoments[]): Record<string, ArmMoments> {
  const arms: Record<string, ArmMoments> = {};
  for (const row of rows) {
    const known = arms[row.variant];
    arms[row.variant] = known ? mergeArmMoments(known, momentsOf(row)) : momentsOf(row);
  }
  return arms;
}
