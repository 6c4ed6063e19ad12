import type { PageRequest } from '@app/governance';
import type { MetricDefinition } from '../domain/metric-definition.js';

export abstract class MetricStore {
  /** Makes other writers of this key wait until the transaction ends. */
  abstract lock(key: string): Promise<void>;
  abstract insert(metric: MetricDefinition): Promise<void>;
  /** The newest version. */
  abstract find(key: string): Promise<MetricDefinition | null>;
  /** Newest versions of those that exist. */
  abstract findAll(keys: readonly string[]): Promise<MetricDefinition[]>;
  abstract byIds(ids: readonly string[]): Promise<MetricDefinition[]>;
  /** Newest first. */
  abstract versions(key: string): Promise<MetricDefinition[]>;
  /** The newest version of each key, by key; one row more than asked when there are more. */
  abstract list(page: PageRequest): Promise<MetricDefinition[]>;
}
