import { SHARDS } from '@app/events';

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
RETURNING environment, unit, inference_id, exposed`;

/** Takes the pending rows of one unit: $1 is its shard. */
export const CLAIM_UNIT = `DELETE FROM pending_units WHERE shard = $1 AND environment = $2 AND unit = $3`;

/** How much is pending, counted no further than $1. */
export const COUNT_PENDING = `SELECT count(*)::integer AS count FROM (SELECT FROM pending_units LIMIT $1) AS pending`;

/** Since when the oldest of an environment's events waits to be counted; a claim under way still shows what it took. */
export const WAITING_SINCE = `SELECT min(waiting_since) AS since FROM pending_units WHERE environment = $1`;

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

/** Units that a refresh of all dirty shards would read, as far as is known. */
export const COUNT_DIRTY = `
SELECT coalesce(sum(units), 0)::integer AS count FROM exposure_sums
WHERE dimension = '' AND subject_id IN (SELECT subject_id FROM dirty_buckets)`;

export const CLAIM_DIRTY = `
WITH taken AS (
  DELETE FROM dirty_buckets WHERE bucket & ($2 - 1) = ANY($1::integer[]) RETURNING subject_id, bucket)
SELECT DISTINCT subject_id, (bucket & ($2 - 1))::smallint AS shard FROM taken`;

/** Of the shard of a bucket, under whichever number it was asked for; $2 is the number of shards. */
export const CLAIM_DIRTY_OF_BUCKET = `
WITH taken AS (
  DELETE FROM dirty_buckets WHERE bucket IN ($1, $1 & ($2 - 1)) RETURNING subject_id, bucket)
SELECT DISTINCT subject_id, (bucket & ($2 - 1))::smallint AS shard FROM taken`;

/** Subjects that have a window which closed after the earliest of their shards' clocks and by $1. */
const CLOSING = `
SELECT s.id AS subject_id, stood.as_of
FROM subjects s
CROSS JOIN LATERAL (
  SELECT CASE WHEN count(*) < ${SHARDS} THEN '-infinity' ELSE min(c.as_of) END AS as_of
  FROM statistics_clocks c WHERE c.subject_id = s.id) stood
WHERE (s.outcomes_until IS NULL OR s.outcomes_until > stood.as_of)
  AND EXISTS (
    SELECT FROM subject_metrics sm JOIN metrics m ON m.id = sm.metric_id
    CROSS JOIN LATERAL (SELECT make_interval(secs => m.window_delay_s + m.window_length_s) AS length) w
    WHERE sm.subject_id = s.id AND m.window_length_s IS NOT NULL AND EXISTS (
      SELECT FROM unit_exposures x
      WHERE x.subject_id = s.id AND x.first_at > stood.as_of - w.length
        AND (x.first_at <= $1::timestamptz - w.length OR s.outcomes_until <= $1)))`;

/** Shards, of $2, whose clocks are behind in such subjects, with where they stand. */
export const CLOSING_SHARDS = `
SELECT s.subject_id, w.shard, coalesce(c.as_of, '-infinity')::text AS stood
FROM (${CLOSING}) s
CROSS JOIN unnest($2::smallint[]) AS w (shard)
LEFT JOIN statistics_clocks c ON c.subject_id = s.subject_id AND c.shard = w.shard
WHERE coalesce(c.as_of, '-infinity') < $1
ORDER BY 1, 2`;

export const ANY_CLOSING = `SELECT EXISTS (${CLOSING}) AS closing`;

export const HAS_WORK = `
SELECT EXISTS (SELECT FROM pending_units) OR EXISTS (SELECT FROM pending_subjects) OR EXISTS (SELECT FROM dirty_buckets)
  OR EXISTS (${CLOSING}) AS work`;

/**
 * Makes the units pending that a change of their subject may touch: those first seen or last measured since then, and
 * crossing ones, whose exposures may belong to other epochs now. Statistics are counted anew where units count otherwise
 * although their rows are as they were: one more metric, or an end of windows that has passed already. $1 is the number of
 * shards.
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
  SELECT c.subject_id, shard FROM changed c JOIN subjects s ON s.id = c.subject_id, generate_series(0, $1 - 1) AS shard
  WHERE (c.since = '-infinity'
      OR s.outcomes_until <= (SELECT max(t.as_of) FROM statistics_clocks t WHERE t.subject_id = s.id))
    AND (EXISTS (SELECT FROM unit_exposures x WHERE x.subject_id = s.id)
      OR EXISTS (SELECT FROM exposure_sums e WHERE e.subject_id = s.id))
  ON CONFLICT DO NOTHING
)
SELECT subject_id FROM changed`;
