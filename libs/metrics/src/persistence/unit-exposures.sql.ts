import { CARRIED_SOURCE } from '@app/events';
import { CLAIMED } from './claimed-units.js';
import { KEEP_EXPOSURE_CHANGES } from './working-tables.sql.js';

/**
 * Recomputes the exposure rows of the claimed units from their events: first exposure by time (ties by id), its
 * variant, epoch and attributes, and whether the unit was seen in two arms within any one epoch. Writes only rows that
 * differ, so running it twice changes nothing.
 *
 * Rows of frozen subjects are left as they are: not all of their events are there any more.
 *
 * An event without an epoch belongs to the one in force when it happened, or to the first when it is older.
 */
export const RECOMPUTE_UNIT_EXPOSURES = `
WITH ${CLAIMED},
seen AS (
  SELECT c.unit, c.bucket, e.*,
    coalesce(
      e.stated_epoch,
      (SELECT max(p.number) FROM epochs p WHERE p.subject_id = e.subject_id AND p.opened_at <= e.at),
      (SELECT min(p.number) FROM epochs p WHERE p.subject_id = e.subject_id),
      1) AS epoch
  FROM claimed c
  CROSS JOIN LATERAL (
    SELECT e.*, e.attributes -> s.covariates[1] AS covariate
    FROM (
      SELECT e.subject_id, e.id, e.at, e.unit_type, e.variant, e.source, e.attributes, e.epoch AS stated_epoch
      FROM events e
      WHERE e.environment = c.environment AND e.unit = c.unit AND e.type = 'exposure' AND e.variant IS NOT NULL
      OFFSET 0) e
    JOIN subjects s ON s.id = e.subject_id
    WHERE s.environment = c.environment AND s.frozen_at IS NULL
      AND e.unit_type IN ('', s.unit_type)
      AND (s.exposures_until IS NULL OR e.at <= s.exposures_until)
    OFFSET 0) e
), compared AS (
  SELECT *, min(variant) OVER epoch_of_unit <> max(variant) OVER epoch_of_unit AS twice
  FROM seen
  WINDOW epoch_of_unit AS (PARTITION BY subject_id, unit, epoch)
), wanted AS (
  SELECT DISTINCT ON (subject_id, unit)
    subject_id, unit, bucket, epoch, variant, at AS first_at,
    bool_or(twice) OVER (PARTITION BY subject_id, unit) AS crossing,
    source IS NOT DISTINCT FROM '${CARRIED_SOURCE}' AS carried,
    attributes,
    CASE jsonb_typeof(covariate) WHEN 'number' THEN covariate::double precision END AS covariate
  FROM compared
  ORDER BY subject_id, unit, at, id
), existing AS (
  SELECT x.* FROM claimed c
  CROSS JOIN LATERAL (
    SELECT x.* FROM unit_exposures x
    WHERE x.unit = c.unit
      AND (SELECT s.environment FROM subjects s WHERE s.id = x.subject_id AND s.frozen_at IS NULL) = c.environment
    OFFSET 0) x
), changes AS MATERIALIZED (
  SELECT subject_id, unit, coalesce(w.bucket, x.bucket) AS bucket, w.epoch, w.variant, w.first_at, w.crossing, w.carried,
    w.attributes, w.covariate, x
  FROM existing x FULL JOIN wanted w USING (subject_id, unit)
  WHERE (x.epoch, x.variant, x.first_at, x.crossing, x.carried, x.attributes, x.covariate)
    IS DISTINCT FROM (w.epoch, w.variant, w.first_at, w.crossing, w.carried, w.attributes, w.covariate)
), ${KEEP_EXPOSURE_CHANGES.trim()}, removed AS (
  DELETE FROM unit_exposures x USING changes c
  WHERE c.variant IS NULL AND x.unit = c.unit AND x.subject_id = c.subject_id
), written AS (
  INSERT INTO unit_exposures
    (subject_id, unit, bucket, epoch, variant, first_at, crossing, carried, attributes, covariate)
  SELECT subject_id, unit, bucket, epoch, variant, first_at, crossing, carried, attributes, covariate
  FROM changes WHERE variant IS NOT NULL
  ON CONFLICT (unit, subject_id) DO UPDATE SET
    epoch = excluded.epoch, variant = excluded.variant, first_at = excluded.first_at, crossing = excluded.crossing,
    carried = excluded.carried, attributes = excluded.attributes, covariate = excluded.covariate
)
SELECT count(*)::integer AS changed FROM changes`;
