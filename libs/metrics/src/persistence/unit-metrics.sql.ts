import { SHADOW_SOURCE } from '@app/events';
import { CLAIMED } from './claimed-units.js';
import { BIN } from './quantile-bins.sql.js';
import { KEEP_METRIC_CHANGES } from './working-tables.sql.js';

/** Skew allowed between the clocks that stamp exposures and outcomes. */
const CLOCK_TOLERANCE = `interval '60 seconds'`;

const OUTCOME_COLUMNS = `e.id, e.at, e.task, e.metric, e.value, e.subject_id, e.inference_id, e.assignment_id,
      e.evaluator, e.evaluator_version, e.served_model`;

/** An answer that nobody was given says nothing of the arm of its unit, and its inference is not the unit's. */
const LIVE = `e.source IS DISTINCT FROM '${SHADOW_SOURCE}'`;

/**
 * Outcomes of the claimed units: those that name the unit, and those that know only an inference the unit is known by.
 * One inference joins a unit once, under the most telling unit type.
 */
const OUTCOMES = `
fetched AS MATERIALIZED (
  SELECT c.environment, c.unit, e.*
  FROM claimed c
  CROSS JOIN LATERAL (
    SELECT e.type, e.unit_type, ${OUTCOME_COLUMNS} FROM events e
    WHERE e.environment = c.environment AND e.unit = c.unit AND ${LIVE}
      AND ((e.type = 'outcome' AND e.metric IS NOT NULL) OR e.inference_id IS NOT NULL)
    OFFSET 0) e
), links AS (
  SELECT environment, unit, max(unit_type) AS unit_type, inference_id
  FROM fetched WHERE inference_id IS NOT NULL
  GROUP BY environment, unit, inference_id
), outcomes AS MATERIALIZED (
  SELECT * FROM fetched WHERE type = 'outcome' AND metric IS NOT NULL
  UNION ALL
  SELECT l.environment, l.unit, 'outcome', l.unit_type, e.*
  FROM links l
  CROSS JOIN LATERAL (
    SELECT ${OUTCOME_COLUMNS} FROM events e
    WHERE e.environment = l.environment AND e.inference_id = l.inference_id AND e.unit = ''
      AND ${LIVE} AND e.type = 'outcome' AND e.metric IS NOT NULL
    OFFSET 0) e
), exposed AS MATERIALIZED (
  SELECT c.environment, c.unit, x.*
  FROM claimed c
  CROSS JOIN LATERAL (
    SELECT x.subject_id, x.bucket, x.first_at, s.task, s.further_tasks, s.unit_type, s.outcomes_until
    FROM (SELECT * FROM unit_exposures x WHERE x.unit = c.unit OFFSET 0) x
    JOIN subjects s ON s.id = x.subject_id
    WHERE s.environment = c.environment AND s.frozen_at IS NULL
    OFFSET 0) x
)`;

/**
 * Metrics of all subjects with the event that feeds each: \`source\` gives the value, \`denominator\` the ratio's other.
 */
const MEASURED = `
measured AS (
  SELECT sm.subject_id, m.id AS metric_id, m.kind, m.transform, m.threshold, m.cap, m.lower_bound, m.upper_bound,
    CASE m.kind WHEN 'ratio' THEN 'sum' ELSE m.aggregate END AS aggregate,
    CASE m.kind WHEN 'ratio' THEN m.numerator ELSE m.source END AS source,
    CASE m.kind WHEN 'ratio' THEN m.denominator END AS denominator,
    make_interval(secs => m.window_delay_s) AS delay,
    make_interval(secs => m.window_delay_s + m.window_length_s) AS until,
    m.kind IN ('proportion', 'count', 'ratio') OR m.aggregate = 'any' AS counts_itself
  FROM subject_metrics sm JOIN metrics m ON m.id = sm.metric_id
)`;

/**
 * Outcomes that count, with the number each contributes. An outcome before its exposure counts within the tolerance of
 * clocks, or when it carries the exposure's assignment or inference id; the window's end holds for every outcome.
 */
const MATCHED = `
matched AS (
  SELECT x.subject_id, m.metric_id, x.unit, x.bucket, m.kind, m.aggregate, m.cap, m.transform, m.lower_bound,
    m.upper_bound, o.at, o.id,
    o.evaluator || coalesce('@' || o.evaluator_version, '') AS evaluator, o.served_model,
    CASE WHEN o.metric = m.source THEN
      CASE
        WHEN m.threshold IS NOT NULL THEN (o.value > m.threshold)::integer::double precision
        WHEN m.counts_itself THEN coalesce(o.value, 1)
        ELSE o.value
      END
    END AS raw,
    CASE WHEN o.metric = m.denominator THEN coalesce(o.value, 1) END AS denominator
  FROM outcomes o
  JOIN exposed x ON x.environment = o.environment AND x.unit = o.unit
  JOIN measured m ON m.subject_id = x.subject_id AND o.metric IN (m.source, m.denominator)
  WHERE (o.task IS NULL OR o.task = x.task OR o.task = ANY (x.further_tasks))
    AND o.unit_type IN ('', x.unit_type)
    AND (o.subject_id IS NULL OR o.subject_id = x.subject_id OR o.assignment_id IS NOT NULL)
    AND (x.outcomes_until IS NULL OR o.at < x.outcomes_until)
    AND (m.until IS NULL OR o.at < x.first_at + m.until)
    AND (
      o.at >= x.first_at + m.delay - ${CLOCK_TOLERANCE}
      OR (
        m.delay = interval '0'
        AND (o.assignment_id IS NOT NULL OR o.inference_id IS NOT NULL)
        AND EXISTS (
          SELECT FROM events e
          WHERE e.environment = o.environment AND e.unit = o.unit AND e.type = 'exposure'
            AND e.subject_id = x.subject_id
            AND (e.assignment_id = o.assignment_id OR e.inference_id = o.inference_id))))
), contributed AS (
  SELECT *, CASE WHEN transform = 'log' THEN CASE WHEN raw > 0 THEN ln(raw) END ELSE raw END AS value
  FROM matched
)`;

/** A unit's events of a quantile by bin, in the order of bins. */
const BINNED = `
binned AS (
  SELECT subject_id, metric_id, unit, array_agg(bin ORDER BY bin) AS bins, array_agg(events ORDER BY bin) AS bin_events
  FROM (
    SELECT subject_id, metric_id, unit, ${BIN} AS bin, count(*)::integer AS events
    FROM (SELECT *, least(value, cap) AS measured FROM contributed WHERE kind = 'quantile' AND value IS NOT NULL) e
    GROUP BY 1, 2, 3, 4) b
  GROUP BY subject_id, metric_id, unit
)`;

/** One number per unit and metric. Sums run in the order of events, so that they are the same to the last bit. */
const WANTED = `
valued AS (
  SELECT subject_id, metric_id, unit, bucket,
    least(
      CASE aggregate
        WHEN 'sum' THEN coalesce(sum(value ORDER BY at, id), 0)
        WHEN 'mean' THEN avg(value ORDER BY at, id)
        WHEN 'max' THEN max(value)
        WHEN 'last' THEN (array_agg(value ORDER BY at, id) FILTER (WHERE value IS NOT NULL))[count(value)]
        ELSE max((value <> 0)::integer)::double precision
      END,
      cap) AS value,
    CASE WHEN kind = 'ratio' THEN coalesce(sum(denominator ORDER BY at, id), 0) END AS denominator,
    count(*)::integer AS events,
    max(at) AS last_at,
    array_agg(DISTINCT evaluator) FILTER (WHERE evaluator IS NOT NULL) AS evaluators,
    array_agg(DISTINCT served_model) FILTER (WHERE served_model IS NOT NULL) AS served_models
  FROM contributed
  WHERE value IS NOT NULL OR denominator IS NOT NULL
  GROUP BY subject_id, metric_id, unit, bucket, kind, aggregate, cap
), wanted AS MATERIALIZED (
  -- A bin has a value, so that no row comes from the right alone.
  SELECT v.*, b.bins, b.bin_events FROM valued v FULL JOIN binned b USING (subject_id, metric_id, unit)
)`;

/**
 * Recomputes the metric rows of the claimed units from their events and exposure rows. Writes only rows that differ,
 * removes those that no longer hold: running it twice changes nothing, and a late,
 * earlier exposure moves the window and with it every outcome. Says with it whether there are subjects that pair these
 * units' outcomes in a shadow stage, so that nobody has to ask for that alone.
 */
export const RECOMPUTE_UNIT_METRICS = `
WITH ${CLAIMED}, ${OUTCOMES}, ${MEASURED}, ${MATCHED}, ${BINNED}, ${WANTED},
existing AS (
  SELECT u.* FROM claimed c
  CROSS JOIN LATERAL (
    SELECT u.* FROM unit_metrics u
    WHERE u.unit = c.unit
      AND (SELECT s.environment FROM subjects s WHERE s.id = u.subject_id AND s.frozen_at IS NULL) = c.environment
    OFFSET 0) u
), changes AS MATERIALIZED (
  SELECT subject_id, metric_id, unit, coalesce(w.bucket, u.bucket) AS bucket, w.value, w.denominator, w.events,
    w.last_at, w.evaluators, w.served_models, w.bins, w.bin_events, u
  FROM existing u FULL JOIN wanted w USING (subject_id, metric_id, unit)
  WHERE (u.value, u.denominator, u.events, u.last_at, u.evaluators, u.served_models, u.bins, u.bin_events)
    IS DISTINCT FROM (w.value, w.denominator, w.events, w.last_at, w.evaluators, w.served_models, w.bins, w.bin_events)
), ${KEEP_METRIC_CHANGES.trim()}, removed AS (
  DELETE FROM unit_metrics u USING changes c
  WHERE c.value IS NULL AND u.unit = c.unit AND u.subject_id = c.subject_id AND u.metric_id = c.metric_id
), written AS (
  INSERT INTO unit_metrics
    (subject_id, metric_id, unit, bucket, value, denominator, events, last_at, evaluators, served_models, bins,
     bin_events)
  SELECT subject_id, metric_id, unit, bucket, value, denominator, events, last_at, evaluators, served_models, bins,
    bin_events
  FROM changes WHERE value IS NOT NULL
  ON CONFLICT (unit, subject_id, metric_id) DO UPDATE SET
    value = excluded.value, denominator = excluded.denominator, events = excluded.events, last_at = excluded.last_at,
    evaluators = excluded.evaluators, served_models = excluded.served_models, bins = excluded.bins,
    bin_events = excluded.bin_events
)
SELECT count(*)::integer AS changed,
  EXISTS (
    SELECT FROM subjects s
    WHERE s.shadow_until IS NOT NULL AND s.frozen_at IS NULL AND s.environment IN (SELECT environment FROM claimed)) AS shadowed
FROM changes`;
