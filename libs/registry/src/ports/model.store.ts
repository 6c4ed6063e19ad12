import type { PageRequest } from '@app/governance';
import type { Model, ModelReference } from '../domain/model.js';

export abstract class ModelStore {
  /** Makes other writers of this key wait until the transaction ends. */
  abstract lock(key: string): Promise<void>;
  abstract insert(model: Model): Promise<void>;
  abstract find(reference: ModelReference): Promise<Model | null>;
  abstract byIds(ids: readonly string[]): Promise<Model[]>;
  /** Newest first. */
  abstract versions(key: string): Promise<Model[]>;
  /** The newest version of each key, by key; one row more than asked when there are more. */
  abstract list(page: PageRequest): Promise<Model[]>;
  /** Notes the first time these versions served. */
  abstract markServed(ids: readonly string[], at: Date): Promise<void>;
}
