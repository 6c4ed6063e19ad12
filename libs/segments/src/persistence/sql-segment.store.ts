import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type PageRequest, readCursor } from '@app/governance';
import { In, MoreThan } from 'typeorm';
import type { Segment, SegmentUser } from '../domain/segment.js';
import { SegmentStore } from '../ports/segment.store.js';
import { SegmentEntity } from './segment.entity.js';

/** Whether the jsonb condition `$column` refers to one of `names.key`. */
const refers = (column: string): string =>
  `jsonb_path_exists(${column}, '$.**.segment ? (@ == $key)', jsonb_build_object('key', names.key))`;

const USERS = `
  WITH RECURSIVE names (key) AS (
    SELECT $1::text
    UNION
    SELECT s.key FROM segments s JOIN names ON ${refers('s.condition')}
  )
  SELECT 'experiment' AS type, x.key, x.environment, x.state, t.hash_scheme AS "hashScheme", x.audience,
         CASE WHEN x.state IN ('running', 'paused') AND x.assignment = 'platform' THEN x.id END AS assigns
  FROM experiments x JOIN tasks t ON t.key = x.task
  WHERE x.state IN ('draft', 'running', 'paused') AND EXISTS (SELECT FROM names WHERE ${refers('x.audience')})
  UNION ALL
  SELECT 'rollout', r.key, r.environment, r.state, t.hash_scheme, r.plan->'audience', r.id
  FROM rollouts r JOIN tasks t ON t.key = r.task
  WHERE r.state IN ('running', 'held') AND EXISTS (SELECT FROM names WHERE ${refers(`r.plan->'audience'`)})
  UNION ALL
  SELECT 'segment', key, NULL, NULL, NULL, NULL, NULL FROM names WHERE key <> $1
  ORDER BY type, key`;

@Injectable()
export class SqlSegmentStore extends SegmentStore {
  constructor(private readonly database: Database) {
    super();
  }

  async insert(segment: Segment): Promise<boolean> {
    const result = await this.database.manager
      .createQueryBuilder()
      .insert()
      .into(SegmentEntity)
      .values(segment as object)
      .orIgnore()
      .returning('key')
      .execute();
    return (result.raw as unknown[]).length === 1;
  }

  async update({ key, ...content }: Segment): Promise<void> {
    await this.database.manager.update(SegmentEntity, { key }, content as object);
  }

  async remove(key: string): Promise<void> {
    await this.database.manager.delete(SegmentEntity, { key });
  }

  async find(key: string): Promise<Segment | null> {
    return this.database.manager.findOneBy(SegmentEntity, { key });
  }

  async findForUpdate(key: string): Promise<Segment | null> {
    return this.database.manager.findOne(SegmentEntity, {
      where: { key },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async pin(keys: readonly string[]): Promise<Segment[]> {
    if (keys.length === 0) return [];
    return this.database.manager.find(SegmentEntity, {
      where: { key: In([...keys]) },
      order: { key: 'ASC' },
      ...(this.database.inTransaction ? { lock: { mode: 'pessimistic_read' as const } } : {}),
    });
  }

  async list(page: PageRequest): Promise<Segment[]> {
    const after = readCursor(page);
    return this.database.manager.find(SegmentEntity, {
      where: after === null ? {} : { key: MoreThan(after) },
      order: { key: 'ASC' },
      take: page.limit + 1,
    });
  }

  async usersOf(key: string): Promise<SegmentUser[]> {
    return this.database.query<SegmentUser>(USERS, [key]);
  }
}
