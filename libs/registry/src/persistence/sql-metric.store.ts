import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import type { PageRequest } from '@app/governance';
import { In } from 'typeorm';
import type { MetricDefinition } from '../domain/metric-definition.js';
import { MetricStore } from '../ports/metric.store.js';
import { findNewest, listNewest, lockKey } from './newest-versions.js';
import { MetricEntity } from './registry.entities.js';

@Injectable()
export class SqlMetricStore extends MetricStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lock(key: string): Promise<void> {
    await lockKey(this.database.manager, 'metrics', key);
  }

  async insert({ bounds, ...metric }: MetricDefinition): Promise<void> {
    await this.database.manager.insert(MetricEntity, {
      ...metric,
      lowerBound: bounds?.[0] ?? null,
      upperBound: bounds?.[1] ?? null,
    });
  }

  async find(key: string): Promise<MetricDefinition | null> {
    return (await this.findAll([key]))[0] ?? null;
  }

  async findAll(keys: readonly string[]): Promise<MetricDefinition[]> {
    return (await findNewest(this.database.manager, MetricEntity, keys)).map(metricOf);
  }

  async byIds(ids: readonly string[]): Promise<MetricDefinition[]> {
    return (await this.database.manager.findBy(MetricEntity, { id: In([...ids]) })).map(metricOf);
  }

  async versions(key: string): Promise<MetricDefinition[]> {
    const rows = await this.database.manager.find(MetricEntity, {
      where: { key },
      order: { version: 'DESC' },
    });
    return rows.map(metricOf);
  }

  async list(page: PageRequest): Promise<MetricDefinition[]> {
    return (await listNewest(this.database.manager, MetricEntity, page)).map(metricOf);
  }
}

function metricOf({ lowerBound, upperBound, ...row }: MetricEntity): MetricDefinition {
  return { ...row, bounds: lowerBound === null || upperBound === null ? null : [lowerBound, upperBound] };
}
