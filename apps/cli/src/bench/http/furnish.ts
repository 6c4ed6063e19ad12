import type { Ruleset } from '@app/bucketing';
import type { ClientBase } from 'pg';

const MODELS = `
  INSERT INTO models (id, key, version, provider, name, parameters, created_by, created_at)
  SELECT gen_random_uuid(), m->>'key', (m->>'version')::int, m->>'provider', m->>'name', m->'parameters', 'a bench', now()
  FROM jsonb_each($1::jsonb->'models') AS e (ref, m)`;

const TASKS = `
  INSERT INTO tasks (key, name, unit_type, hash_scheme, position_salt, created_by, created_at)
  SELECT key, key, t->>'unitType', t->>'hashScheme', t->>'positionSalt', 'a bench', now()
  FROM jsonb_each($1::jsonb->'tasks') AS e (key, t)`;

const CHAMPIONS = `
  INSERT INTO task_environments (task, environment, champion_id, updated_at)
  SELECT e.key, $1::jsonb->>'environment', m.id, now()
  FROM jsonb_each($1::jsonb->'tasks') AS e (key, t) JOIN models m ON m.key || '@' || m.version = t->>'champion'`;

const EXPERIMENTS = `
  INSERT INTO experiments (id, key, name, task, environment, hypothesis, assignment, state, audience, overrides,
                           traffic_share, ranges, plan, revision, created_by, created_at, started_at)
  SELECT (x->>'id')::uuid, x->>'key', x->>'key', task, $1::jsonb->>'environment', 'a bench', 'platform', 'running',
         x->'audience', x->'overrides', 1.0 / jsonb_array_length(t->'experiments'), x->'ranges', '{}', 1, 'a bench', now(), now()
  FROM jsonb_each($1::jsonb->'tasks') AS e (task, t), jsonb_array_elements(t->'experiments') AS x`;

const VARIANTS = `
  INSERT INTO experiment_variants (experiment_id, key, position, model_id, weight, control)
  SELECT (x->>'id')::uuid, v->>'key', place, m.id, (v->>'weight')::float8, (v->>'control')::boolean
  FROM jsonb_each($1::jsonb->'tasks') AS e (task, t), jsonb_array_elements(t->'experiments') AS x,
       jsonb_array_elements(x->'variants') WITH ORDINALITY AS a (v, place)
  JOIN models m ON m.key || '@' || m.version = v->>'model'`;

const SUBJECTS = `
  INSERT INTO subjects (id, kind, key, environment, task, unit_type, assignment, opened_at)
  SELECT (s->>'id')::uuid, s->>'kind', s->>'key', $1::jsonb->>'environment', s->>'task', t.unit_type, s->>'assignment', now()
  FROM jsonb_each($1::jsonb->'subjects') AS e (ref, s) JOIN tasks t ON t.key = s->>'task'`;

const EPOCHS = `
  INSERT INTO epochs (subject_id, number, opened_at, reason, weights, shape)
  SELECT id, 1, now(), 'started', '{}', '{}' FROM subjects`;

/**
 * Rows from which the control plane reads this ruleset again: models, tasks, their champions, and experiments under way.
 * Rollouts, holdouts and segments are not written.
 *
 * @param client on a migrated database that has nothing but environments
 */
export async function furnish(client: ClientBase, ruleset: Ruleset): Promise<void> {
  const given = [JSON.stringify(ruleset)];
  for (const rows of [MODELS, TASKS, CHAMPIONS, EXPERIMENTS, VARIANTS, SUBJECTS])
    await client.query(rows, given);
  await client.query(EPOCHS);
  await client.query('ANALYZE');
}
