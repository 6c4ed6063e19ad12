import { MOMENTS, unitValues } from './statistics.sql.js';

const EPOCHS = `SELECT number, weights FROM epochs WHERE subject_id = $1 ORDER BY number`;

const METRICS = `
SELECT m.id AS metric_id, m.key, m.version, m.kind
FROM subject_metrics sm JOIN metrics m ON m.id = sm.metric_id
WHERE sm.subject_id = $1
ORDER BY sm.position, m.key`;

const EXPOSURES = `
SELECT epoch, variant, sum(units)::integer AS units, sum(crossing_units)::integer AS crossing_units,
  sum(carried_units)::integer AS carried_units, min(first_at) AS first_at, max(last_at) AS last_at
FROM exposure_statistics WHERE subject_id = $1
GROUP BY epoch, variant
ORDER BY epoch, variant`;

/** In bucket order, which is the order of merging. */
const BUCKETS = `
SELECT metric_id, epoch, variant, n::integer, mean, mean_rest, m2, denominator_mean, denominator_m2, denominator_comoment,
  covariate_n::integer, covariate_mean, covariate_m2, covariate_comoment, covariate_value_gap, covariate_denominator_gap,
  covariate_denominator_comoment, open_units::integer, last_at
FROM metric_statistics WHERE subject_id = $1
ORDER BY metric_id, bucket, epoch, variant`;

/**
 * All of it in one statement and so in one snapshot: a refresh between two reads would show a look units that were
 * exposed and not yet measured. Doubles survive JSON: Postgres writes the shortest text that reads back the same.
 */
export const EVIDENCE = `
SELECT
  (SELECT coalesce(json_agg(r), '[]') FROM (${EPOCHS}) r) AS epochs,
  (SELECT coalesce(json_agg(r), '[]') FROM (${METRICS}) r) AS metrics,
  (SELECT coalesce(json_agg(r), '[]') FROM (${EXPOSURES}) r) AS exposures,
  (SELECT coalesce(json_agg(r), '[]') FROM (${BUCKETS}) r) AS buckets`;

/** Every statement below groups by the text of a frozen attribute, $2, and calls its absence ''. */
const VALUE = `coalesce(attributes ->> $2, '')`;

const EXPOSURES_BY = `
SELECT ${VALUE} AS value, epoch, variant,
  (count(*) FILTER (WHERE NOT crossing AND NOT carried))::integer AS units,
  (count(*) FILTER (WHERE crossing))::integer AS crossing_units,
  (count(*) FILTER (WHERE carried AND NOT crossing))::integer AS carried_units,
  min(first_at) AS first_at, max(first_at) AS last_at
FROM unit_exposures WHERE subject_id = $1
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`;

/** The same by value; one row per value, metric, epoch and arm: nothing is left to merge. */
const BUCKETS_BY = `
SELECT value_of AS value, metric_id, epoch, variant, ${MOMENTS},
  (count(*) FILTER (WHERE open))::integer AS open_units, max(last_at) AS last_at
FROM (
  SELECT ${VALUE} AS value_of, v.*
  FROM (${unitValues('SELECT * FROM unit_exposures WHERE subject_id = $1', '$3::timestamptz', 'metric_id')}) v) AS valued
GROUP BY value_of, metric_id, kind, epoch, variant
ORDER BY value_of, metric_id, epoch, variant`;

export const EVIDENCE_BY = `
SELECT
  (SELECT coalesce(json_agg(r), '[]') FROM (${EPOCHS}) r) AS epochs,
  (SELECT coalesce(json_agg(r), '[]') FROM (${METRICS}) r) AS metrics,
  (SELECT coalesce(json_agg(r), '[]') FROM (${EXPOSURES_BY}) r) AS exposures,
  (SELECT coalesce(json_agg(r), '[]') FROM (${BUCKETS_BY}) r) AS buckets`;
