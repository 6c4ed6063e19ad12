import { type PageRequest, readCursor } from '@app/governance';
import { type EntityManager, type EntityTarget, In, type ObjectLiteral } from 'typeorm';

interface Versioned extends ObjectLiteral {
  key: string;
  version: number;
}

/** The newest version of each key after the cursor, by key; one row more than asked when there are more. */
export async function listNewest<T extends Versioned>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  page: PageRequest,
): Promise<T[]> {
  const query = manager
    .createQueryBuilder(entity, 'row')
    .distinctOn(['row.key'])
    .orderBy('row.key', 'ASC')
    .addOrderBy('row.version', 'DESC')
    .limit(page.limit + 1);
  const after = readCursor(page);
  if (after !== null) query.where('row.key > :after', { after });
  return query.getMany();
}

/** The newest version of each of these keys, of those that exist. */
export async function findNewest<T extends Versioned>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  keys: readonly string[],
): Promise<T[]> {
  if (keys.length === 0) return [];
  return manager
    .createQueryBuilder(entity, 'row')
    .distinctOn(['row.key'])
    .where({ key: In([...keys]) })
    .orderBy('row.key', 'ASC')
    .addOrderBy('row.version', 'DESC')
    .getMany();
}

/** Two changes of one key at once would both make the same next version: the second waits here for the first. */
export async function lockKey(manager: EntityManager, table: string, key: string): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`${table}:${key}`]);
}
