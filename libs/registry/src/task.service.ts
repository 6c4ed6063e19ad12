import { Injectable } from '@nestjs/common';
import type { HashScheme } from '@app/bucketing';
import { Database } from '@app/database';
import {
  type Actor,
  AuditLog,
  EnvironmentService,
  type Page,
  pageOf,
  type PageRequest,
} from '@app/governance';
import { Clock } from '@app/kernel';
import { type Model, modelRef } from './domain/model.js';
import { RegistryError } from './domain/registry.errors.js';
import { positionSaltOf, type Task, type TaskEnvironment } from './domain/task.js';
import { ModelService } from './model.service.js';
import { Publisher } from './ports/publisher.js';
import { type ServingRow, TaskStore } from './ports/task.store.js';

export interface TaskInput {
  readonly key: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly unitType: string;
  readonly hashScheme?: HashScheme;
}

export type TaskChanges = Partial<Pick<Task, 'name' | 'description' | 'unitType' | 'hashScheme'>>;

/** A task with how each environment serves it. */
export type TaskView = Task & { readonly environments: readonly TaskEnvironment[] };

const UNSERVED: ServingRow = { championId: null, fallbackIds: [], enabled: true };

@Injectable()
export class TaskService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly environments: EnvironmentService,
    private readonly tasks: TaskStore,
    private readonly models: ModelService,
    private readonly publisher: Publisher,
  ) {}

  async create(input: TaskInput, actor: Actor): Promise<TaskView> {
    const task: Task = {
      key: input.key,
      name: input.name ?? input.key,
      description: input.description ?? null,
      unitType: input.unitType,
      hashScheme: input.hashScheme ?? 'native-v1',
      positionSalt: positionSaltOf(input.key),
      firstTrafficAt: null,
      createdBy: actor.name,
      createdAt: this.clock.now(),
    };
    return this.database.transaction(async () => {
      if (!(await this.tasks.insert(task))) {
        throw new RegistryError('KEY_TAKEN', `a task "${input.key}" already exists`);
      }
      await this.record(actor, 'task.create', task.key, { after: task });
      await this.publishEverywhere(`task ${task.key} was created`);
      return { ...task, environments: [] };
    });
  }

  async update(key: string, changes: TaskChanges, actor: Actor): Promise<TaskView> {
    return this.database.transaction(async () => {
      const before = await this.tasks.findForUpdate(key);
      if (!before) throw unknownTask(key);
      const { unitType = before.unitType, hashScheme = before.hashScheme } = changes;
      const moves = unitType !== before.unitType || hashScheme !== before.hashScheme;
      if (moves && (await this.tasks.hasTraffic(key))) {
        throw new RegistryError(
          'TASK_HAS_TRAFFIC',
          `${key} has assigned units of type ${before.unitType} by ${before.hashScheme}; another type or scheme would move everyone, so make a new task`,
        );
      }
      const after: Task = {
        ...before,
        name: changes.name ?? before.name,
        description: changes.description === undefined ? before.description : changes.description,
        unitType,
        hashScheme,
      };
      await this.tasks.update(after);
      await this.record(actor, 'task.update', key, { before, after });
      await this.publishEverywhere(`task ${key} changed`);
      return this.view(after);
    });
  }

  async find(key: string): Promise<TaskView> {
    const task = await this.tasks.find(key);
    if (!task) throw unknownTask(key);
    return this.view(task);
  }

  async list(page: PageRequest): Promise<Page<TaskView>> {
    const found = pageOf(await this.tasks.list(page), page, (task) => task.key);
    const serving = await this.tasks.environments(found.items.map((task) => task.key));
    return {
      items: found.items.map((task) => ({ ...task, environments: serving.get(task.key) ?? [] })),
      nextCursor: found.nextCursor,
    };
  }

  /** Who serves by default in an environment, and who is tried when that fails. */
  async setChampion(
    key: string,
    input: { environment: string; model: string; fallbacks?: readonly string[]; reason?: string | null },
    actor: Actor,
  ): Promise<TaskView> {
    await this.environments.require(input.environment, actor);
    return this.database.transaction(async () => {
      const champion = await this.models.find(input.model);
      const fallbacks = input.fallbacks && (await this.fallbacksOf(champion, input.fallbacks));
      const view = await this.serve(key, input.environment, actor, {
        action: 'task.champion',
        cause: `${modelRef(champion)} serves ${key}`,
        reason: input.reason,
        change: (row) => ({
          ...row,
          championId: champion.id,
          // A champion is never its own fallback, also when it was promoted from among them.
          fallbackIds: (fallbacks?.map((model) => model.id) ?? row.fallbackIds).filter(
            (id) => id !== champion.id,
          ),
        }),
      });
      // After the task's row is locked, in the order in which experiments lock too.
      await this.models.markServed([champion.id, ...(fallbacks ?? []).map((model) => model.id)]);
      return view;
    });
  }

  /** The kill switch: off, everyone gets the champion until it is on again. */
  async setSwitch(
    key: string,
    input: { environment: string; enabled: boolean; reason: string },
    actor: Actor,
  ): Promise<TaskView> {
    await this.environments.require(input.environment, actor);
    return this.database.transaction(() =>
      this.serve(key, input.environment, actor, {
        action: input.enabled ? 'task.enable' : 'task.disable',
        cause: `${key} was ${input.enabled ? 'enabled' : 'disabled'}: ${input.reason}`,
        reason: input.reason,
        change: (row) => ({ ...row, enabled: input.enabled }),
      }),
    );
  }

  /** Notes that units are assigned from now on, which fixes the task's unit type and hash scheme. */
  async markTraffic(key: string): Promise<void> {
    await this.tasks.markTraffic(key, this.clock.now());
  }

  private async fallbacksOf(champion: Model, references: readonly string[]): Promise<Model[]> {
    const found: Model[] = [];
    for (const reference of references) {
      const model = await this.models.find(reference);
      if (model.id === champion.id || found.some((other) => other.id === model.id)) {
        throw new RegistryError(
          'FALLBACKS_REPEAT',
          `${modelRef(model)} is in the chain twice; a model that failed would be asked again`,
        );
      }
      found.push(model);
    }
    return found;
  }

  private async serve(
    key: string,
    environment: string,
    actor: Actor,
    work: { action: string; cause: string; reason?: string | null; change: (row: ServingRow) => ServingRow },
  ): Promise<TaskView> {
    const task = await this.tasks.findForUpdate(key);
    if (!task) throw unknownTask(key);
    const before = await this.view(task);
    const row = (await this.tasks.serving(key, environment)) ?? UNSERVED;
    const { championId, fallbackIds, enabled } = work.change(row);
    await this.tasks.saveServing(key, environment, { championId, fallbackIds, enabled }, this.clock.now());
    const after = await this.view(task);
    await this.record(actor, work.action, key, {
      environment,
      reason: work.reason,
      before: before.environments.find((other) => other.environment === environment),
      after: after.environments.find((other) => other.environment === environment),
    });
    await this.publisher.publish(environment, work.cause);
    return after;
  }

  /** Edges of every environment know every task, also one that nobody serves there yet. */
  private async publishEverywhere(cause: string): Promise<void> {
    for (const { key } of await this.environments.list()) await this.publisher.publish(key, cause);
  }

  private async view(task: Task): Promise<TaskView> {
    return { ...task, environments: (await this.tasks.environments([task.key])).get(task.key) ?? [] };
  }

  private record(
    actor: Actor,
    action: string,
    subjectKey: string,
    rest: { environment?: string; reason?: string | null; before?: unknown; after?: unknown },
  ): Promise<void> {
    return this.audit.record({ actor, action, subjectType: 'task', subjectKey, ...rest });
  }
}

function unknownTask(key: string): RegistryError {
  return new RegistryError('TASK_UNKNOWN', `there is no task "${key}"`);
}
