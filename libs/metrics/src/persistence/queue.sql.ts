/** First key of the advisory locks that give a shard to one transaction at a time. */
export const SHARD_LOCKS = 7_220_002;

/** Those of the wanted shards that nobody else has; they are this transaction's until it ends. */
export const TRY_SHARDS = `SELECT shard FROM unnest($2::integer[]) AS shard WHERE pg_try_advisory_xact_lock($1, shard)`;

/** Waits for a shard, where workers pass over one that is taken. */
export const HOLD_SHARD = `SELECT pg_advisory_xact_lock($1, $2)`;

/** Takes pending rows off shards. What is read after this statement includes every event that made them. */
export const CLAIM_PENDING = `
DELETE FROM pending_units
WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM pending_units WHERE shard = ANY($1::smallint[]) ORDER BY shard, seq LIMIT $2))
RETURNING environment, unit, inference_id`;

/** Takes the pending rows of one unit: $1 is its shard. */
export const CLAIM_UNIT = `DELETE FROM pending_units WHERE shard = $1 AND environment = $2 AND unit = $3`;

/** How much is pending, counted no further than $1. */
export const COUNT_PENDING = `SELECT count(*)::integer AS count FROM (SELECT FROM pending_units LIMIT $1) AS pending`;

/** Units whose rows a refresh of all dirty buckets would read, as far as is known. */
export const COUNT_DIRTY = `
SELECT coalesce(sum(e.units), 0)::integer AS count
FROM dirty_buckets d JOIN exposure_statistics e ON e.subject_id = d.subject_id AND e.bucket = d.bucket`;

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
DELETE FROM dirty_buckets WHERE bucket & ($2 - 1) = ANY($1::integer[]) RETURNING subject_id, bucket`;

export const CLAIM_DIRTY_BUCKET = `DELETE FROM dirty_buckets WHERE bucket = $1 RETURNING subject_id, bucket`;

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
