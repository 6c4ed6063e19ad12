import type { Client } from 'pg';
import { type Cast, DAWN } from '@app/rollouts';
import { TASK } from './simulated-process.js';

/** Who takes part in every life. */
export const CAST: Cast = {
  championId: '00000000-0000-4000-8000-000000000001',
  challengerId: '00000000-0000-4000-8000-000000000002',
  metricIds: ['00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000a2'],
};
/** A model that somebody else may crown, and the webhook of everybody. */
export const THIRD = '00000000-0000-4000-8000-000000000003';

/** What stands in the database before any life. */
export async function furnish(admin: Client): Promise<void> {
  const at = new Date(DAWN);
  await admin.query(
    `INSERT INTO environments VALUES ('production', 'Production', $1) ON CONFLICT DO NOTHING`,
    [at],
  );
  await admin.query(
    `INSERT INTO models (id, key, version, provider, name, parameters, created_by, created_at)
     SELECT id, key, 1, 'test', key, '{}', 'Ada', $2 FROM unnest($1::uuid[], '{old,new,third}'::text[]) AS m (id, key)`,
    [[CAST.championId, CAST.challengerId, THIRD], at],
  );
  await admin.query(
    `INSERT INTO tasks (key, name, unit_type, hash_scheme, position_salt, created_by, created_at)
     VALUES ($1, $1, 'user', 'native-v1', 'task:' || $1 || ':position', 'Ada', $2)`,
    [TASK, at],
  );
  await admin.query(
    `INSERT INTO task_environments (task, environment, champion_id, updated_at) VALUES ($1, 'production', $2, $3)`,
    [TASK, CAST.championId, at],
  );
  await admin.query(
    `INSERT INTO metrics (id, key, version, name, kind, source, aggregate, direction, transform, missing, created_by, created_at)
     SELECT id, key, 1, key, 'proportion', key, 'max', direction, 'none', 'exclude', 'Ada', $2
     FROM unnest($1::uuid[], '{quality,errors}'::text[], '{increase,decrease}'::text[]) AS m (id, key, direction)`,
    [CAST.metricIds, at],
  );
  await admin.query(
    `INSERT INTO webhooks (id, key, name, environment, url, format, events, secret, enabled, created_by, created_at)
     VALUES ($1, 'all', 'All', NULL, 'http://127.0.0.1:9', 'json', '{}', 'none', true, 'Ada', $2)`,
    [THIRD, at],
  );
}
