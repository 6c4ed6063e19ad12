/** First key of the advisory locks that give a shard to one transaction at a time. */
export const SHARD_LOCKS = 7_220_002;

export const TRY_SHARD = 'SELECT pg_try_advisory_xact_lock($1, $2) AS mine';

/** Takes pending rows off a shard. What is read after this statement includes every event that made them. */
export const CLAIM_PENDING = `
DELETE FROM pending_units
WHERE shard = $1 AND seq IN (SELECT seq FROM pending_units WHERE shard = $1 ORDER BY seq LIMIT $2)
RETURNING environment, unit, inference_id`;

/** Units that are known by inferences whose outcomes named no unit. */
export const UNITS_OF_INFERENCES = `
SELECT DISTINCT e.environment, e.unit
FROM unnest($1::text[], $2::text[]) AS w (environment, inference_id)
JOIN events e ON e.environment = w.environment AND e.inference_id = w.inference_id
WHERE e.unit <> ''`;

export const QUEUE_UNITS = `
INSERT INTO pending_units (shard, environment, unit)
SELECT * FROM unnest($1::smallint[], $2::text[], $3::text[])`;

export const PENDING_SHARDS = `
SELECT shard FROM generate_series(0, $1 - 1) AS shard
WHERE EXISTS (SELECT FROM pending_units p WHERE p.shard = shard.shard)`;

export const DIRTY_SHARDS = `SELECT DISTINCT bucket & ($1 - 1) AS shard FROM dirty_buckets ORDER BY 1`;

export const CLAIM_DIRTY = `
DELETE FROM dirty_buckets WHERE bucket & ($2 - 1) = $1 RETURNING subject_id, bucket`;

/** Windows that closed since their bucket was refreshed. */
export const MARK_CLOSED_WINDOWS = `
INSERT INTO dirty_buckets (subject_id, bucket)
SELECT DISTINCT subject_id, bucket FROM metric_statistics WHERE next_close_at <= $1
ORDER BY subject_id, bucket
ON CONFLICT DO NOTHING
RETURNING bucket`;

export const HAS_WORK = `
SELECT EXISTS (SELECT FROM pending_units) OR EXISTS (SELECT FROM pending_subjects) OR EXISTS (SELECT FROM dirty_buckets)
  OR EXISTS (SELECT FROM metric_statistics WHERE next_close_at <= $1) AS work`;

/**
 * Makes the units pending that a change of their subject may touch: those first seen or last measured since then, and
 * crossing ones, whose exposures may belong to other epochs now. $1 is the number of shards.
 */
export const EXPAND_SUBJECTS = `
WITH changed AS (
  DELETE FROM pending_subjects
  WHERE subject_id IN (SELECT subject_id FROM pending_subjects FOR UPDATE SKIP LOCKED)
  RETURNING subject_id, since
), units AS (
  INSERT INTO pending_units (shard, environment, unit)
  SELECT x.bucket & ($1 - 1), s.environment, x.unit
  FROM changed c
  JOIN subjects s ON s.id = c.subject_id
  JOIN unit_exposures x ON x.subject_id = c.subject_id
  WHERE x.first_at >= c.since OR x.crossing OR EXISTS (
    SELECT FROM unit_metrics m WHERE m.unit = x.unit AND m.subject_id = x.subject_id AND m.last_at >= c.since)
), buckets AS (
  INSERT INTO dirty_buckets (subject_id, bucket)
  SELECT DISTINCT x.subject_id, x.bucket FROM changed c JOIN unit_exposures x ON x.subject_id = c.subject_id
  ORDER BY x.subject_id, x.bucket
  ON CONFLICT DO NOTHING
)
SELECT subject_id FROM changed`;
