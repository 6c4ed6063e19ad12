/** Statements of an erasure. $1 is the environment in all of them. */

/** $2 unit, $3 type of the unit ('' every type), $4 how far events go; null: all that are stored. */
export const ERASE_EVENTS = `
DELETE FROM events
WHERE environment = $1 AND unit = $2 AND ($3 = '' OR unit_type IN ('', $3)) AND ($4::timestamptz IS NULL OR at <= $4)
RETURNING id, at, inference_id`;

/** The ids stay, so that nothing of it comes in again; what they stood for is forgotten (see Batch). */
export const FORGET_DIGESTS = `UPDATE event_keys SET digest = '' WHERE environment = $1 AND id = ANY($2::text[])`;

/** Inferences that another unit is known by as well. */
export const SHARED_INFERENCES = `
SELECT DISTINCT inference_id FROM events
WHERE environment = $1 AND inference_id = ANY($2::text[]) AND unit <> ''`;

export const ERASE_INFERENCE_EVENTS = `
DELETE FROM events WHERE environment = $1 AND inference_id = ANY($2::text[]) AND unit = '' RETURNING id`;

/**
 * What the unit said in events that are about other units too: their numbers stay. $3 and $4 bound a day, because
 * events are found by id in one pass over each day and in no other way.
 */
export const SCRUB_SISTERS = `
UPDATE events SET comment = NULL, attributes = NULL
WHERE environment = $1 AND id = ANY($2::text[]) AND at >= $3 AND at < $4 AND type = 'outcome'
  AND (comment IS NOT NULL OR attributes IS NOT NULL)
RETURNING id`;

/** In one order, so that two erasures that meet cannot deadlock. */
export const REMEMBER_ERASED = `
INSERT INTO erased_identifiers AS e (environment, digest, unit_type, until)
SELECT $1, digest, $3, $4 FROM (SELECT DISTINCT digest FROM unnest($2::bytea[]) AS d (digest) ORDER BY 1) AS digests
ON CONFLICT (environment, digest, unit_type) DO UPDATE SET until = greatest(e.until, excluded.until)`;

/** Those of the given identifiers that were erased, by their place from 1; here $1 is a list of environments. */
export const FIND_ERASED = `
SELECT w.place::integer, e.unit_type, e.until
FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS w (environment, digest, place)
JOIN erased_identifiers e ON e.environment = w.environment AND e.digest = w.digest`;

/**
 * Refused events of the unit and of its inferences, $4. Postgres reads no JSON with U+0000 in it, one of the reasons for
 * being refused: of that the bare text is asked, which may take one event too many.
 */
export const ERASE_REFUSED = `
DELETE FROM refused_events
WHERE environment = $1 AND CASE
  WHEN position('\\u0000' IN event::text) > 0 THEN position(to_json($2::text)::text IN event::text) > 0
  ELSE event ->> 'inferenceId' = ANY($4::text[])
    OR EXISTS (
      SELECT FROM json_to_recordset(event -> 'units') AS u (unit text, "unitType" text)
      WHERE u.unit = $2 AND ($3 = '' OR u."unitType" IN ('', $3)))
  END
RETURNING id`;

export const SUBJECTS_OF_UNIT = `
SELECT s.id, s.kind, s.key
FROM unit_exposures x JOIN subjects s ON s.id = x.subject_id
WHERE s.environment = $1 AND x.unit = $2
ORDER BY s.kind, s.key`;

/** Rows that no events stand behind any more: nothing would ever recompute them. */
export const ERASE_FROZEN_ROWS = `
WITH frozen AS (
  SELECT id FROM subjects WHERE environment = $1 AND frozen_at IS NOT NULL AND ($3 = '' OR unit_type = $3)
), metrics AS (
  DELETE FROM unit_metrics m USING frozen f WHERE m.unit = $2 AND m.subject_id = f.id
), pairs AS (
  DELETE FROM shadow_pairs p USING frozen f WHERE p.unit = $2 AND p.subject_id = f.id
), exposures AS (
  DELETE FROM unit_exposures x USING frozen f WHERE x.unit = $2 AND x.subject_id = f.id
  RETURNING x.subject_id, x.bucket
)
INSERT INTO dirty_buckets (subject_id, bucket) SELECT subject_id, bucket FROM exposures ON CONFLICT DO NOTHING`;

/** Experiments whose configuration names the unit. */
export const OVERRIDES_OF_UNIT = `
SELECT key FROM experiments WHERE environment = $1 AND jsonb_exists(overrides, $2) ORDER BY key`;

export const ERASURE_SECRETS = `SELECT environment, value FROM secrets WHERE purpose = 'erasure'`;
