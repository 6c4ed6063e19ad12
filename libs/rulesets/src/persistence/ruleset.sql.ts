/** Tasks with how the environment serves them; a task it does not serve yet has no champion. */
export const TASKS = `
  SELECT t.key, t.unit_type, t.hash_scheme, t.position_salt, coalesce(e.enabled, true) AS enabled,
         (SELECT m.key || '@' || m.version FROM models m WHERE m.id = e.champion_id) AS champion,
         ARRAY(SELECT m.key || '@' || m.version FROM unnest(e.fallback_ids) WITH ORDINALITY AS f (id, place)
               JOIN models m ON m.id = f.id ORDER BY f.place) AS fallbacks,
         (SELECT string_agg(g.flag, ', ' ORDER BY g.flag) FROM closed_gates g
          WHERE g.environment = $1 AND g.task = t.key) AS killed_by
  FROM tasks t LEFT JOIN task_environments e ON e.task = t.key AND e.environment = $1
  ORDER BY t.key`;

/** Experiments that assign units, and paused ones, which keep their ranges. Given ones decide nothing. */
export const EXPERIMENTS = `
  SELECT x.id, x.key, x.task, x.state, x.ranges, x.audience, x.prerequisites, x.overrides,
         (SELECT max(p.number) FROM epochs p WHERE p.subject_id = x.id) AS epoch,
         (SELECT jsonb_agg(jsonb_build_object('key', v.key, 'model', m.key || '@' || m.version, 'weight', v.weight,
                                              'control', v.control, 'ranges', v.ranges) ORDER BY v.position)
          FROM experiment_variants v JOIN models m ON m.id = v.model_id WHERE v.experiment_id = x.id) AS variants
  FROM experiments x
  WHERE x.environment = $1 AND x.state IN ('running', 'paused') AND x.assignment = 'platform'
  ORDER BY x.key`;

export const ASKS_OTHER_TASKS = `
  SELECT EXISTS (SELECT FROM experiments
                 WHERE environment = $1 AND state IN ('running', 'paused') AND assignment = 'platform'
                   AND prerequisites <> '[]') AS asks`;

/** The arm of experiment x whose units stay on the challenger of rollout r, when they do. */
const CARRIED = `CASE WHEN r.carry_winners THEN x.key END AS carried_experiment, x.ranges AS carried_ranges,
         r.challenger_variant,
         (SELECT jsonb_agg(jsonb_build_object('key', v.key, 'weight', v.weight, 'ranges', v.ranges) ORDER BY v.position)
          FROM experiment_variants v WHERE v.experiment_id = x.id) AS carried_variants`;

/**
 * Rollouts under way that give somebody the challenger, with the arm of the experiment whose units stay on it, when they
 * do. In a shadow stage nobody gets it and nobody is exposed, so that all units are still new at the first canary step.
 */
export const ROLLOUTS = `
  SELECT r.id, r.key, r.task, r.stage, r.share, r.control_share, r.plan->'audience' AS audience,
         (SELECT max(p.number) FROM epochs p WHERE p.subject_id = r.id) AS epoch,
         challenger.key || '@' || challenger.version AS challenger,
         champion.key || '@' || champion.version AS champion,
         ${CARRIED}
  FROM rollouts r
  JOIN models challenger ON challenger.id = r.challenger_id
  JOIN models champion ON champion.id = r.champion_id
  LEFT JOIN experiments x ON x.id = r.experiment_id
  WHERE r.environment = $1 AND r.state IN ('running', 'held') AND r.share > 0
  ORDER BY r.key`;

/** Units held back, with the champion each task had when the holdout was made. */
export const HOLDOUTS = `
  SELECT t.task, h.key, h.salt, h.share, m.key || '@' || m.version AS model, s.id, s.opened_at,
         (SELECT max(p.number) FROM epochs p WHERE p.subject_id = s.id) AS epoch
  FROM holdouts h JOIN holdout_tasks t ON t.holdout_id = h.id JOIN models m ON m.id = t.model_id
  LEFT JOIN subjects s ON s.id = h.id
  WHERE h.environment = $1 AND h.state = 'running'
  ORDER BY t.task`;

export const SEGMENTS = `SELECT key, condition FROM segments WHERE key = ANY ($1) ORDER BY key`;

/** What still takes events at $2. A rollout that is over says of itself which units were not drawn for it. */
export const SUBJECTS = `
  SELECT s.id, s.kind, s.key, s.task, s.assignment,
         CASE s.kind WHEN 'rollout' THEN ARRAY['challenger', 'control', 'champion'] WHEN 'holdout' THEN ARRAY['held', 'open']
              ELSE ARRAY(SELECT v.key FROM experiment_variants v WHERE v.experiment_id = s.id ORDER BY v.position)
         END AS variants,
         ${CARRIED}
  FROM subjects s
  LEFT JOIN rollouts r ON r.id = s.id AND r.carry_winners AND r.state NOT IN ('running', 'held')
  LEFT JOIN experiments x ON x.id = r.experiment_id
  WHERE s.environment = $1 AND (s.outcomes_until IS NULL OR s.outcomes_until > $2)
  ORDER BY s.kind, s.key`;

export const MODELS = `
  SELECT key || '@' || version AS ref, key, version, provider, name, parameters
  FROM models WHERE key || '@' || version = ANY ($1) ORDER BY 1`;
