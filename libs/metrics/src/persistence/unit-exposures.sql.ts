import { CARRIED_SOURCE } from '@app/events';
import { CLAIMED } from './claimed-units.js';

/**
 * Recomputes the exposure rows of the claimed units from their events: first exposure by time (ties by id), its
 * variant, epoch and attributes, and whether the unit was seen in two arms within any one epoch. Writes only rows that
 * differ and marks their buckets dirty, so running it twice changes nothing.
 *
 * An event without an epoch belongs to the one in force when it happened, or to the first when it is older.
 */
export const RECOMPUTE_UNIT_EXPOSURES = `
WITH ${CLAIMED},
seen AS MATERIALIZED (
  SELECT s.id AS subject_id, c.unit, c.bucket, e.id, e.at, e.variant, e.source, e.attributes,
    e.attributes -> s.covariates[1] AS covariate,
    coalesce(
      e.epoch,
      (SELECT max(p.number) FROM epochs p WHERE p.subject_id = s.id AND p.opened_at <= e.at),
      (SELECT min(p.number) FROM epochs p WHERE p.subject_id = s.id),
      1) AS epoch
  FROM claimed c
  JOIN events e ON e.environment = c.environment AND e.unit = c.unit AND e.type = 'exposure'
  JOIN subjects s ON s.id = e.subject_id AND s.environment = c.environment
  WHERE e.variant IS NOT NULL
    AND e.unit_type IN ('', s.unit_type)
    AND (s.exposures_until IS NULL OR e.at <= s.exposures_until)
), crossing AS (
  SELECT DISTINCT subject_id, unit FROM (
    SELECT subject_id, unit FROM seen GROUP BY subject_id, unit, epoch HAVING min(variant) <> max(variant)) AS twice
), wanted AS MATERIALIZED (
  SELECT DISTINCT ON (f.subject_id, f.unit)
    f.subject_id, f.unit, f.bucket, f.epoch, f.variant, f.at AS first_at,
    x.unit IS NOT NULL AS crossing,
    f.source IS NOT DISTINCT FROM '${CARRIED_SOURCE}' AS carried,
    f.attributes,
    CASE jsonb_typeof(f.covariate) WHEN 'number' THEN f.covariate::double precision END AS covariate
  FROM seen f LEFT JOIN crossing x USING (subject_id, unit)
  ORDER BY f.subject_id, f.unit, f.at, f.id
), removed AS (
  DELETE FROM unit_exposures x
  USING claimed c, subjects s
  WHERE x.unit = c.unit AND s.id = x.subject_id AND s.environment = c.environment
    AND NOT EXISTS (SELECT FROM wanted w WHERE w.subject_id = x.subject_id AND w.unit = x.unit)
  RETURNING x.subject_id, x.bucket
), written AS (
  INSERT INTO unit_exposures AS x
    (subject_id, unit, bucket, epoch, variant, first_at, crossing, carried, attributes, covariate)
  SELECT w.* FROM wanted w
  WHERE NOT EXISTS (
    SELECT FROM unit_exposures o
    WHERE o.unit = w.unit AND o.subject_id = w.subject_id
      AND (o.epoch, o.variant, o.first_at, o.crossing, o.carried) = (w.epoch, w.variant, w.first_at, w.crossing, w.carried)
      AND o.attributes IS NOT DISTINCT FROM w.attributes AND o.covariate IS NOT DISTINCT FROM w.covariate)
  ON CONFLICT (unit, subject_id) DO UPDATE SET
    epoch = excluded.epoch, variant = excluded.variant, first_at = excluded.first_at, crossing = excluded.crossing,
    carried = excluded.carried, attributes = excluded.attributes, covariate = excluded.covariate
  RETURNING x.subject_id, x.bucket
)
INSERT INTO dirty_buckets (subject_id, bucket)
SELECT subject_id, bucket FROM removed UNION SELECT subject_id, bucket FROM written
ORDER BY subject_id, bucket
ON CONFLICT DO NOTHING`;
