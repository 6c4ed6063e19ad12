import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type PageRequest, readCursor } from '@app/governance';
import { ArrayContains, type FindOptionsWhere, In, MoreThan } from 'typeorm';
import type { Experiment } from '../domain/experiment.js';
import type { Dependent } from '../domain/prerequisites.js';
import { type ExperimentFilter, ExperimentStore, type TrafficTaken } from '../ports/experiment.store.js';
import { ExperimentEntity, ExperimentMetricEntity, ExperimentVariantEntity } from './experiment.entities.js';
import {
  METRICS,
  type MetricRow,
  metricOf,
  VARIANTS,
  type VariantRow,
  variantOf,
} from './experiment-parts.js';

/** First half of the advisory locks of prerequisites; the second is the environment. */
const PREREQUISITE_LOCK = 7_220_005;

/** First half of the advisory locks of traffic; the second is environment and task. */
const TRAFFIC_LOCK = 7_220_004;

@Injectable()
export class SqlExperimentStore extends ExperimentStore {
  constructor(private readonly database: Database) {
    super();
  }

  async byId(id: string): Promise<Experiment | null> {
    return this.one(await this.database.manager.findOneBy(ExperimentEntity, { id }));
  }

  async byKey(key: string): Promise<Experiment | null> {
    return this.one(await this.database.manager.findOneBy(ExperimentEntity, { key }));
  }

  async forUpdate(key: string): Promise<Experiment | null> {
    return this.one(
      await this.database.manager.findOne(ExperimentEntity, {
        where: { key },
        lock: { mode: 'pessimistic_write' },
      }),
    );
  }

  async insert(experiment: Experiment): Promise<boolean> {
    const result = await this.database.manager
      .createQueryBuilder()
      .insert()
      .into(ExperimentEntity)
      .values(rowOf(experiment) as object)
      .orIgnore()
      .returning('id')
      .execute();
    if ((result.raw as unknown[]).length === 0) return false;
    await this.insertParts(experiment);
    return true;
  }

  async save(experiment: Experiment): Promise<void> {
    const { manager } = this.database;
    const { id, ...row } = rowOf(experiment);
    await manager.update(ExperimentEntity, { id }, row as object);
    await manager.delete(ExperimentVariantEntity, { experimentId: id });
    await manager.delete(ExperimentMetricEntity, { experimentId: id });
    await this.insertParts(experiment);
  }

  async list(filter: ExperimentFilter, page: PageRequest): Promise<Experiment[]> {
    const { tag, ...equal } = filter;
    const after = readCursor(page);
    const where: FindOptionsWhere<ExperimentEntity> = {
      ...(Object.fromEntries(
        Object.entries(equal).filter(([, value]) => value !== undefined),
      ) as FindOptionsWhere<ExperimentEntity>),
      ...(tag === undefined ? {} : { tags: ArrayContains([tag]) }),
      ...(after === null ? {} : { key: MoreThan(after) }),
    };
    const rows = await this.database.manager.find(ExperimentEntity, {
      where,
      order: { key: 'ASC' },
      take: page.limit + 1,
    });
    return this.whole(rows);
  }

  async trafficForUpdate(task: string, environment: string): Promise<TrafficTaken[]> {
    await this.database.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
      TRAFFIC_LOCK,
      `${environment}/${task}`,
    ]);
    return this.traffic(task, environment);
  }

  async dependentForUpdate(environment: string): Promise<Dependent[]> {
    await this.database.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
      PREREQUISITE_LOCK,
      environment,
    ]);
    return this.database.query<Dependent>(
      `SELECT key, task, prerequisites FROM experiments
       WHERE environment = $1 AND state IN ('running', 'paused') AND prerequisites <> '[]' ORDER BY key`,
      [environment],
    );
  }

  async traffic(task: string, environment: string): Promise<TrafficTaken[]> {
    return this.database.manager.find(ExperimentEntity, {
      select: { id: true, key: true, state: true, trafficShare: true, ranges: true },
      where: { task, environment, state: In(['running', 'paused']), assignment: 'platform' },
      order: { key: 'ASC' },
    });
  }

  private async insertParts({ id, variants, metrics }: Experiment): Promise<void> {
    const { manager } = this.database;
    await manager.insert(
      ExperimentVariantEntity,
      variants.map(({ model: _model, ...variant }, position) => ({
        ...variant,
        ranges: variant.ranges as object | null,
        experimentId: id,
        position,
      })) as object[],
    );
    if (metrics.length === 0) return;
    await manager.insert(
      ExperimentMetricEntity,
      metrics.map(({ version: _version, ...metric }, position) => ({
        ...metric,
        experimentId: id,
        position,
      })),
    );
  }

  private async one(row: ExperimentEntity | null): Promise<Experiment | null> {
    return row ? (await this.whole([row]))[0]! : null;
  }

  private async whole(rows: readonly ExperimentEntity[]): Promise<Experiment[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const variants = await this.database.query<VariantRow>(VARIANTS, [ids]);
    const metrics = await this.database.query<MetricRow>(METRICS, [ids]);
    return rows.map((row) => ({
      ...row,
      variants: variants.filter((part) => part.experiment_id === row.id).map(variantOf),
      metrics: metrics.filter((part) => part.experiment_id === row.id).map(metricOf),
    }));
  }
}

function rowOf({
  variants: _variants,
  metrics: _metrics,
  ...row
}: Experiment): Omit<Experiment, 'variants' | 'metrics'> {
  return row;
}
