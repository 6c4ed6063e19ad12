import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Actor, AuditLog, type Page, pageOf, type PageRequest } from '@app/governance';
import { Clock, uuidv7 } from '@app/kernel';
import { type Model, type ModelContent, modelRef, parseModelRef } from './domain/model.js';
import { RegistryError } from './domain/registry.errors.js';
import { ModelStore } from './ports/model.store.js';

export type ModelInput = { readonly key: string } & Pick<ModelContent, 'provider' | 'name'> &
  Partial<ModelContent>;

@Injectable()
export class ModelService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly models: ModelStore,
  ) {}

  async create({ key, ...input }: ModelInput, actor: Actor): Promise<Model> {
    return this.database.transaction(async () => {
      await this.models.lock(key);
      if (await this.models.find({ key, version: null })) {
        throw new RegistryError(
          'KEY_TAKEN',
          `a model "${key}" already exists; change it to make a new version`,
        );
      }
      return this.add(key, 1, { ...EMPTY, ...defined(input) }, actor);
    });
  }

  /** The next version: what is not said stays as it was. */
  async revise(key: string, changes: Partial<ModelContent>, actor: Actor): Promise<Model> {
    return this.database.transaction(async () => {
      await this.models.lock(key);
      const before = await this.find(key);
      const { provider, name, description, baseUrl, parameters, prompt, price, lineage } = before;
      const content = { provider, name, description, baseUrl, parameters, prompt, price, lineage };
      return this.add(key, before.version + 1, { ...content, ...defined(changes) }, actor, before);
    });
  }

  /** By `key` (the newest version) or `key@version`. */
  async find(reference: string): Promise<Model> {
    const found = await this.models.find(parseModelRef(reference));
    if (!found) throw new RegistryError('MODEL_UNKNOWN', `there is no model "${reference}"`);
    return found;
  }

  async byIds(ids: readonly string[]): Promise<Model[]> {
    return ids.length === 0 ? [] : this.models.byIds(ids);
  }

  async versions(key: string): Promise<Model[]> {
    const found = await this.models.versions(key);
    if (found.length === 0) throw new RegistryError('MODEL_UNKNOWN', `there is no model "${key}"`);
    return found;
  }

  async list(page: PageRequest): Promise<Page<Model>> {
    return pageOf(await this.models.list(page), page, (model) => model.key);
  }

  async markServed(ids: readonly string[]): Promise<void> {
    await this.models.markServed(ids, this.clock.now());
  }

  private async add(
    key: string,
    version: number,
    content: ModelContent,
    actor: Actor,
    before?: Model,
  ): Promise<Model> {
    const now = this.clock.now();
    const model: Model = {
      id: uuidv7(now),
      key,
      version,
      ...content,
      firstServedAt: null,
      createdBy: actor.name,
      createdAt: now,
    };
    await this.models.insert(model);
    await this.audit.record({
      actor,
      action: before ? 'model.revise' : 'model.create',
      subjectType: 'model',
      subjectKey: modelRef(model),
      before,
      after: model,
    });
    return model;
  }
}

const EMPTY = {
  description: null,
  baseUrl: null,
  parameters: {},
  prompt: null,
  price: null,
  lineage: null,
} as const;

/** Without the members that were left out: spreading them would erase. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
