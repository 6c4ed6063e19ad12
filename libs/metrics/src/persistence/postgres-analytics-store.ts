import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { mergeArmMoments, type ArmMoments, type PairMoments } from '@app/stats';
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
  n: number;
  last_at: Date | null;
  champion_mean: number | null;
  champion_m2: number | null;
  challenger_mean: number | null;
  challenger_m2: number | null;
  comoment: number | null;
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

function pairsOf(row: SqlShadow): PairMoments {
  return {
    n: row.n,
    x: { mean: row.champion_mean ?? 0, m2: row.champion_m2 ?? 0 },
    y: { mean: row.challenger_mean ?? 0, m2: row.challenger_m2 ?? 0 },
    comoment: row.comoment ?? 0,
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
