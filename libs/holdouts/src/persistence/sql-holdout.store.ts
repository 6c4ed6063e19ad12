import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type PageRequest, readCursor } from '@app/governance';
import type { SelectQueryBuilder } from 'typeorm';
import type { Holdout } from '../domain/holdout.js';
import { type HoldoutFilter, HoldoutStore } from '../ports/holdout.store.js';
import { HoldoutEntity } from './holdout.entities.js';

interface TaskRow {
  holdout_id: string;
  task: string;
  model_id: string;
  model: string;
}

interface MetricRow {
  holdout_id: string;
  metric_id: string;
  key: string;
  version: number;
}

const METRICS = `
  SELECT s.subject_id AS holdout_id, s.metric_id, m.key, m.version
  FROM subject_metrics s JOIN metrics m ON m.id = s.metric_id
  WHERE s.subject_id = ANY ($1) ORDER BY s.subject_id, s.position`;

const TASKS = `
  SELECT t.holdout_id, t.task, t.model_id, m.key || '@' || m.version AS model
  FROM holdout_tasks t JOIN models m ON m.id = t.model_id
  WHERE t.holdout_id = ANY ($1) ORDER BY t.holdout_id, t.task`;

@Injectable()
export class SqlHoldoutStore extends HoldoutStore {
  constructor(private readonly database: Database) {
    super();
  }

  async insert({
    tasks,
    metrics: _metrics,
    ...row
  }: Holdout): Promise<{ holdout: string; task: string | null } | null> {
    const inserted = await this.database.manager
      .createQueryBuilder()
      .insert()
      .into(HoldoutEntity)
      .values(row)
      .orIgnore()
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) return { holdout: row.key, task: null };
    for (const { task, modelId } of tasks) {
      const taken = await this.database.query<{ task: string }>(
        `INSERT INTO holdout_tasks (holdout_id, task, environment, model_id, open) VALUES ($1, $2, $3, $4, true)
         ON CONFLICT (environment, task) WHERE open DO NOTHING RETURNING task`,
        [row.id, task, row.environment, modelId],
      );
      if (taken.length === 0) return { holdout: await this.holderOf(row.environment, task), task };
    }
    return null;
  }

  async save(holdout: Holdout): Promise<void> {
    const { id, state, startedAt, endedAt, revision } = holdout;
    await this.database.manager.update(HoldoutEntity, { id }, { state, startedAt, endedAt, revision });
    if (state !== 'ended') return;
    await this.database.query('UPDATE holdout_tasks SET open = false WHERE holdout_id = $1', [id]);
  }

  async byKey(key: string): Promise<Holdout | null> {
    return this.one(await this.database.manager.findOneBy(HoldoutEntity, { key }));
  }

  async forUpdate(where: { key: string } | { id: string }): Promise<Holdout | null> {
    return this.one(
      await this.database.manager.findOne(HoldoutEntity, { where, lock: { mode: 'pessimistic_write' } }),
    );
  }

  async list(filter: HoldoutFilter, page: PageRequest): Promise<Holdout[]> {
    const query = this.database.manager
      .createQueryBuilder(HoldoutEntity, 'row')
      .orderBy('row.key', 'ASC')
      .limit(page.limit + 1);
    narrow(query, filter);
    const after = readCursor(page);
    if (after !== null) query.andWhere('row.key > :after', { after });
    return this.whole(await query.getMany());
  }

  async plan(id: string, dueAt: Date | null): Promise<void> {
    if (dueAt === null) {
      await this.database.query(`DELETE FROM schedules WHERE kind = 'holdout' AND subject_id = $1`, [id]);
      return;
    }
    await this.database.query(
      `INSERT INTO schedules (kind, subject_id, due_at) VALUES ('holdout', $1, $2)
       ON CONFLICT (kind, subject_id) DO UPDATE SET due_at = excluded.due_at, attempts = 0, last_error = NULL`,
      [id, dueAt],
    );
  }

  private async holderOf(environment: string, task: string): Promise<string> {
    const [row] = await this.database.query<{ key: string }>(
      `SELECT h.key FROM holdout_tasks t JOIN holdouts h ON h.id = t.holdout_id
       WHERE t.environment = $1 AND t.task = $2 AND t.open`,
      [environment, task],
    );
    return row?.key ?? 'another holdout';
  }

  private async one(row: HoldoutEntity | null): Promise<Holdout | null> {
    return row ? (await this.whole([row]))[0]! : null;
  }

  private async whole(rows: readonly HoldoutEntity[]): Promise<Holdout[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const tasks = await this.database.query<TaskRow>(TASKS, [ids]);
    const metrics = await this.database.query<MetricRow>(METRICS, [ids]);
    return rows.map((row) => ({
      ...row,
      tasks: tasks
        .filter((one) => one.holdout_id === row.id)
        .map(({ task, model_id, model }) => ({ task, modelId: model_id, model })),
      metrics: metrics
        .filter((one) => one.holdout_id === row.id)
        .map(({ metric_id, key, version }) => ({ metricId: metric_id, key, version })),
    }));
  }
}

function narrow(query: SelectQueryBuilder<HoldoutEntity>, filter: HoldoutFilter): void {
  const { environment, state, task } = filter;
  if (environment !== undefined) query.andWhere('row.environment = :environment', { environment });
  if (state !== undefined) query.andWhere('row.state = :state', { state });
  if (task === undefined) return;
  query.andWhere('EXISTS (SELECT FROM holdout_tasks t WHERE t.holdout_id = row.id AND t.task = :task)', {
    task,
  });
}
