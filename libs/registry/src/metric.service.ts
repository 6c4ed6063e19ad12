import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Actor, AuditLog, type Page, pageOf, type PageRequest } from '@app/governance';
import { Clock, uuidv7 } from '@app/kernel';
import {
  defineMetric,
  type MetricContent,
  type MetricDefinition,
  type MetricInput,
} from './domain/metric-definition.js';
import { RegistryError } from './domain/registry.errors.js';
import { MetricStore } from './ports/metric.store.js';

@Injectable()
export class MetricService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly metrics: MetricStore,
  ) {}

  async create(key: string, input: MetricInput, actor: Actor): Promise<MetricDefinition> {
    const content = defineMetric(key, input);
    return this.database.transaction(async () => {
      await this.metrics.lock(key);
      if (await this.metrics.find(key)) {
        throw new RegistryError(
          'KEY_TAKEN',
          `a metric "${key}" already exists; change it to make a new version`,
        );
      }
      return this.add(key, 1, content, actor);
    });
  }

  /** The next version, whole: running experiments keep the version they were started with. */
  async revise(key: string, input: MetricInput, actor: Actor): Promise<MetricDefinition> {
    const content = defineMetric(key, input);
    return this.database.transaction(async () => {
      await this.metrics.lock(key);
      const before = await this.find(key);
      return this.add(key, before.version + 1, content, actor, before);
    });
  }

  /** The newest version. */
  async find(key: string): Promise<MetricDefinition> {
    const found = await this.metrics.find(key);
    if (!found) throw unknown([key]);
    return found;
  }

  /** The newest version of each of these, in their order. */
  async findAll(keys: readonly string[]): Promise<MetricDefinition[]> {
    const found = new Map((await this.metrics.findAll(keys)).map((metric) => [metric.key, metric]));
    const missing = keys.filter((key) => !found.has(key));
    if (missing.length > 0) throw unknown(missing);
    return keys.map((key) => found.get(key)!);
  }

  async byIds(ids: readonly string[]): Promise<MetricDefinition[]> {
    return ids.length === 0 ? [] : this.metrics.byIds(ids);
  }

  async versions(key: string): Promise<MetricDefinition[]> {
    const found = await this.metrics.versions(key);
    if (found.length === 0) throw unknown([key]);
    return found;
  }

  async list(page: PageRequest): Promise<Page<MetricDefinition>> {
    return pageOf(await this.metrics.list(page), page, (metric) => metric.key);
  }

  private async add(
    key: string,
    version: number,
    content: MetricContent,
    actor: Actor,
    before?: MetricDefinition,
  ): Promise<MetricDefinition> {
    const now = this.clock.now();
    const metric: MetricDefinition = {
      id: uuidv7(now),
      key,
      version,
      ...content,
      createdBy: actor.name,
      createdAt: now,
    };
    await this.metrics.insert(metric);
    await this.audit.record({
      actor,
      action: before ? 'metric.revise' : 'metric.create',
      subjectType: 'metric',
      subjectKey: `${key}@${version}`,
      before,
      after: metric,
    });
    return metric;
  }
}

function unknown(keys: readonly string[]): RegistryError {
  const names = keys.map((key) => `"${key}"`).join(', ');
  return new RegistryError('METRIC_UNKNOWN', `there is no metric ${names}`);
}
