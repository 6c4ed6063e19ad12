/** Unit rows in the order in which they are added up, whatever the database's collation. */
const IN_ORDER = 'ORDER BY unit COLLATE "C"';

/** Buckets being refreshed; parameters $1 and $2. */
const DIRTY = `dirty AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::smallint[]) AS d (subject_id, bucket))`;

/** Statements that replace the statistics of buckets by what their unit rows say; all take subject ids and buckets. */
export const CLEAR_EXPOSURE_STATISTICS = `
WITH ${DIRTY}
DELETE FROM exposure_statistics t USING dirty d WHERE t.subject_id = d.subject_id AND t.bucket = d.bucket`;

export const CLEAR_METRIC_STATISTICS = `
WITH ${DIRTY}
DELETE FROM metric_statistics t USING dirty d WHERE t.subject_id = d.subject_id AND t.bucket = d.bucket`;

/** Crossing units are counted apart from all others; carried ones apart from those that are estimated with. */
export const FILL_EXPOSURE_STATISTICS = `
WITH ${DIRTY}
INSERT INTO exposure_statistics
  (subject_id, bucket, epoch, variant, units, crossing_units, carried_units, first_at, last_at)
SELECT x.subject_id, x.bucket, x.epoch, x.variant,
  count(*) FILTER (WHERE NOT x.crossing AND NOT x.carried),
  count(*) FILTER (WHERE x.crossing),
  count(*) FILTER (WHERE x.carried AND NOT x.crossing),
  min(x.first_at), max(x.first_at)
FROM dirty d JOIN unit_exposures x ON x.subject_id = d.subject_id AND x.bucket = d.bucket
GROUP BY x.subject_id, x.bucket, x.epoch, x.variant`;

/**
 * The value of each unit and metric: units whose window is open have none yet, closed ones without events count as
 * zero where the metric says so. A window without a length never closes and its units count from the start.
 *
 * `origin` is a value of the group, the same for all its units: what is added up is the distance from it, so that
 * leading digits the values share cost nothing.
 *
 * @param units SQL of the unit exposures to take, with the columns of unit_exposures
 * @param now   parameter that holds the moment windows are judged at
 * @param within columns no finer than the groups that are added up, `metric_id` among them
 */
export function unitValues(units: string, now: string, within: string): string {
  return `
  SELECT v.*, min(v.value) OVER (PARTITION BY ${within}) AS origin
  FROM (
  SELECT x.subject_id, x.bucket, x.epoch, x.variant, x.unit, m.id AS metric_id, m.kind, x.attributes,
    w.close_at, w.close_at > ${now} AS open, um.events, um.last_at,
    CASE WHEN w.close_at > ${now} THEN NULL
      ELSE coalesce(um.value, CASE m.missing WHEN 'zero' THEN 0 END) END AS value,
    coalesce(um.denominator, 0) AS denominator,
    CASE
      WHEN m.covariate IS NULL THEN x.covariate
      WHEN jsonb_typeof(x.attributes -> m.covariate) = 'number' THEN (x.attributes -> m.covariate)::double precision
    END AS covariate
  FROM (${units}) x
  JOIN subjects s ON s.id = x.subject_id
  JOIN subject_metrics sm ON sm.subject_id = x.subject_id
  JOIN metrics m ON m.id = sm.metric_id
  LEFT JOIN unit_metrics um ON um.unit = x.unit AND um.subject_id = x.subject_id AND um.metric_id = m.id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN m.window_length_s IS NOT NULL THEN
      least(x.first_at + make_interval(secs => m.window_delay_s + m.window_length_s), s.outcomes_until)
    END AS close_at) w
  WHERE NOT x.crossing AND NOT x.carried) v`;
}

const DISTANCE = 'value - origin';
const MEAN_DISTANCE = `coalesce(regr_avgy(${DISTANCE}, denominator ${IN_ORDER}), 0)`;
const VALUED = 'FILTER (WHERE value IS NOT NULL)';
const ORIGIN = 'coalesce(min(origin), 0)';
const MEAN = `(${ORIGIN} + ${MEAN_DISTANCE})`;

/**
 * Centred moments over unit values: n, mean (and what rounding took from it, by Knuth's two-sum), M2; for ratios the same of the denominator with the co-moment; and over
 * units with a covariate its own. Postgres's regr_ functions update them as Youngs and Cramer do, without Σx².
 */
export const MOMENTS = `
  regr_count(value, denominator)::bigint AS n,
  ${MEAN} AS mean,
  (${ORIGIN} - (${MEAN} - (${MEAN} - ${ORIGIN}))) + (${MEAN_DISTANCE} - (${MEAN} - ${ORIGIN})) AS mean_rest,
  coalesce(regr_syy(${DISTANCE}, denominator ${IN_ORDER}), 0) AS m2,
  CASE WHEN kind = 'ratio' THEN coalesce(regr_avgx(value, denominator ${IN_ORDER}), 0) END AS denominator_mean,
  CASE WHEN kind = 'ratio' THEN coalesce(regr_sxx(value, denominator ${IN_ORDER}), 0) END AS denominator_m2,
  CASE WHEN kind = 'ratio' THEN coalesce(regr_sxy(${DISTANCE}, denominator ${IN_ORDER}), 0) END AS denominator_comoment,
  regr_count(value, covariate)::bigint AS covariate_n,
  regr_avgx(value, covariate ${IN_ORDER}) AS covariate_mean,
  regr_sxx(value, covariate ${IN_ORDER}) AS covariate_m2,
  regr_sxy(${DISTANCE}, covariate ${IN_ORDER}) AS covariate_comoment,
  regr_avgy(${DISTANCE}, covariate ${IN_ORDER}) - ${MEAN_DISTANCE} AS covariate_value_gap,
  CASE WHEN kind = 'ratio' THEN regr_avgy(denominator, covariate ${IN_ORDER}) ${VALUED} - regr_avgx(value, denominator ${IN_ORDER})
    END AS covariate_denominator_gap,
  CASE WHEN kind = 'ratio' THEN regr_sxy(denominator, covariate ${IN_ORDER}) ${VALUED}
    END AS covariate_denominator_comoment`;

/** $3 is the moment windows are judged at. */
export const FILL_METRIC_STATISTICS = `
WITH ${DIRTY}
INSERT INTO metric_statistics
  (subject_id, metric_id, bucket, epoch, variant, n, mean, mean_rest, m2, denominator_mean, denominator_m2,
   denominator_comoment, covariate_n, covariate_mean, covariate_m2, covariate_comoment, covariate_value_gap, covariate_denominator_gap,
   covariate_denominator_comoment, open_units, next_close_at, events, last_at)
SELECT subject_id, metric_id, bucket, epoch, variant, ${MOMENTS},
  count(*) FILTER (WHERE open), min(close_at) FILTER (WHERE open), coalesce(sum(events), 0), max(last_at)
FROM (${unitValues(
  `SELECT u.* FROM dirty d JOIN unit_exposures u ON u.subject_id = d.subject_id AND u.bucket = d.bucket`,
  '$3::timestamptz',
  'subject_id, metric_id, bucket, epoch, variant',
)}) AS unit_values
GROUP BY subject_id, metric_id, kind, bucket, epoch, variant`;
