import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import type { PageRequest } from '@app/governance';
import { In, IsNull } from 'typeorm';
import type { Model, ModelReference } from '../domain/model.js';
import { ModelStore } from '../ports/model.store.js';
import { findNewest, listNewest, lockKey } from './newest-versions.js';
import { ModelEntity } from './registry.entities.js';

@Injectable()
export class SqlModelStore extends ModelStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lock(key: string): Promise<void> {
    await lockKey(this.database.manager, 'models', key);
  }

  async insert(model: Model): Promise<void> {
    await this.database.manager.insert(ModelEntity, {
      ...model,
      parameters: { ...model.parameters } as object,
    });
  }

  async find({ key, version }: ModelReference): Promise<Model | null> {
    if (version === null) return (await findNewest(this.database.manager, ModelEntity, [key]))[0] ?? null;
    return this.database.manager.findOneBy(ModelEntity, { key, version });
  }

  async byIds(ids: readonly string[]): Promise<Model[]> {
    return this.database.manager.findBy(ModelEntity, { id: In([...ids]) });
  }

  async versions(key: string): Promise<Model[]> {
    return this.database.manager.find(ModelEntity, { where: { key }, order: { version: 'DESC' } });
  }

  async list(page: PageRequest): Promise<Model[]> {
    return listNewest(this.database.manager, ModelEntity, page);
  }

  async markServed(ids: readonly string[], at: Date): Promise<void> {
    await this.database.manager.update(
      ModelEntity,
      { id: In([...ids]), firstServedAt: IsNull() },
      { firstServedAt: at },
    );
  }
}
