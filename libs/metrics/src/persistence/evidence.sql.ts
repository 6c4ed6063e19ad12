import { DAY } from './gather.sql.js';

const EPOCHS = `SELECT number, weights FROM epochs WHERE subject_id = $1 ORDER BY number`;

const METRICS = `
SELECT m.id AS metric_id, m.key, m.version, m.kind, m.quantile,
  CASE WHEN m.lower_bound IS NOT NULL AND m.upper_bound IS NOT NULL THEN json_build_array(m.lower_bound, m.upper_bound) END
    AS bounds
FROM subject_metrics sm JOIN metrics m ON m.id = sm.metric_id
WHERE sm.subject_id = $1
ORDER BY sm.position, m.key`;

const SEEN = `
SELECT (SELECT first_at FROM unit_exposures WHERE subject_id = $1 ORDER BY first_at LIMIT 1) AS first_at,
  (SELECT first_at FROM unit_exposures WHERE subject_id = $1 ORDER BY first_at DESC LIMIT 1) AS last_at`;

/** $2 is a dimension. */
const EXPOSURES = `
SELECT value, epoch, variant, sum(units)::integer AS units, sum(crossing_units)::integer AS crossing_units,
  sum(carried_units)::integer AS carried_units
FROM exposure_sums WHERE subject_id = $1 AND dimension = $2
GROUP BY value, epoch, variant
HAVING sum(units) > 0 OR sum(crossing_units) > 0 OR sum(carried_units) > 0
ORDER BY value COLLATE "C", epoch, variant`;

const MOMENTS = `
SELECT value, metric_id, epoch, variant, n::integer, mean, mean_rest, m2, denominator_mean, denominator_m2,
  denominator_comoment, covariate_n::integer, covariate_mean, covariate_m2, covariate_comoment, covariate_value_gap,
  covariate_denominator_gap, covariate_denominator_comoment, open_units::integer, last_at
FROM metric_statistics WHERE subject_id = $1 AND dimension = $2
ORDER BY value COLLATE "C", metric_id, epoch, variant`;

const BINS = `
SELECT value, metric_id, epoch, variant, bin, events, by_unit_events, square_growth
FROM quantile_totals WHERE subject_id = $1 AND dimension = $2 AND events > 0`;

const list = (sql: string): string => `(SELECT coalesce(json_agg(r), '[]') FROM (${sql}) r)`;

/**
 * All of it in one statement and so in one snapshot: a round between two reads would show a look units that were exposed
 * and not yet measured. Doubles survive JSON: Postgres writes the shortest text that reads back the same.
 */
export const EVIDENCE = `
SELECT ${list(EPOCHS)} AS epochs, ${list(METRICS)} AS metrics, ${list(SEEN)} AS seen, ${list(EXPOSURES)} AS exposures,
  ${list(MOMENTS)} AS moments, ${list(BINS)} AS bins`;

/** Units by the day of their first exposure, and what they came to by now. */
export const DAYS = `
SELECT ${list(METRICS)} AS metrics, ${list(EXPOSURES.replace('$2', `'${DAY}'`))} AS exposures,
  ${list(MOMENTS.replace('$2', `'${DAY}'`))} AS moments`;
