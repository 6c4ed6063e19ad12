import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type PageRequest, readCursor } from '@app/governance';
import { IsNull, MoreThan } from 'typeorm';
import type { Task, TaskEnvironment } from '../domain/task.js';
import { type ServingRow, TaskStore } from '../ports/task.store.js';
import { TaskEntity, TaskEnvironmentEntity } from './registry.entities.js';

const ENVIRONMENTS = `
  SELECT e.task, e.environment, e.enabled, e.updated_at,
         ARRAY(SELECT g.flag FROM closed_gates g WHERE g.task = e.task AND g.environment = e.environment
               ORDER BY g.flag) AS "closedGates",
         CASE WHEN c.id IS NOT NULL THEN c.key || '@' || c.version END AS champion,
         ARRAY(SELECT m.key || '@' || m.version FROM unnest(e.fallback_ids) WITH ORDINALITY AS f (id, place)
               JOIN models m ON m.id = f.id ORDER BY f.place) AS fallbacks
  FROM task_environments e LEFT JOIN models c ON c.id = e.champion_id
  WHERE e.task = ANY ($1) ORDER BY e.task, e.environment`;

interface EnvironmentRow {
  task: string;
  environment: string;
  enabled: boolean;
  updated_at: Date;
  champion: string | null;
  fallbacks: string[];
  closedGates: string[];
}

@Injectable()
export class SqlTaskStore extends TaskStore {
  constructor(private readonly database: Database) {
    super();
  }

  async insert(task: Task): Promise<boolean> {
    const result = await this.database.manager
      .createQueryBuilder()
      .insert()
      .into(TaskEntity)
      .values(task)
      .orIgnore()
      .returning('key')
      .execute();
    return (result.raw as unknown[]).length === 1;
  }

  async find(key: string): Promise<Task | null> {
    return this.database.manager.findOneBy(TaskEntity, { key });
  }

  async findForUpdate(key: string): Promise<Task | null> {
    return this.database.manager.findOne(TaskEntity, { where: { key }, lock: { mode: 'pessimistic_write' } });
  }

  async update({ key, ...content }: Task): Promise<void> {
    await this.database.manager.update(TaskEntity, { key }, content);
  }

  async list(page: PageRequest): Promise<Task[]> {
    const after = readCursor(page);
    return this.database.manager.find(TaskEntity, {
      where: after === null ? {} : { key: MoreThan(after) },
      order: { key: 'ASC' },
      take: page.limit + 1,
    });
  }

  async hasTraffic(key: string): Promise<boolean> {
    const [row] = await this.database.query<{ any: boolean }>(
      `SELECT EXISTS (SELECT FROM tasks WHERE key = $1 AND first_traffic_at IS NOT NULL)
           OR EXISTS (SELECT FROM subjects WHERE task = $1 OR $1 = ANY (further_tasks)) AS any`,
      [key],
    );
    return row!.any;
  }

  async markTraffic(key: string, at: Date): Promise<void> {
    await this.database.manager.update(TaskEntity, { key, firstTrafficAt: IsNull() }, { firstTrafficAt: at });
  }

  async environments(keys: readonly string[]): Promise<Map<string, TaskEnvironment[]>> {
    const rows = await this.database.query<EnvironmentRow>(ENVIRONMENTS, [keys]);
    const found = new Map<string, TaskEnvironment[]>(keys.map((key) => [key, []]));
    for (const { task, updated_at, ...row } of rows) found.get(task)!.push({ ...row, updatedAt: updated_at });
    return found;
  }

  async serving(task: string, environment: string): Promise<ServingRow | null> {
    return this.database.manager.findOneBy(TaskEnvironmentEntity, { task, environment });
  }

  async saveServing(task: string, environment: string, row: ServingRow, at: Date): Promise<void> {
    await this.database.manager.upsert(
      TaskEnvironmentEntity,
      { task, environment, ...row, fallbackIds: [...row.fallbackIds], updatedAt: at },
      ['task', 'environment'],
    );
  }
}
