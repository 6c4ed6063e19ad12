import { SHADOW_SOURCE } from '@app/events';
import { CLAIMED } from './claimed-units.js';

/**
 * Recomputes, for the claimed units, what both models came to on the requests that both answered in a shadow stage: a
 * unit's value of a metric as it is defined, over the outcomes of those requests alone, once of the champion's and once of
 * the challenger's. One request is one inference id; outcomes without one make one request of the unit together. A ratio is
 * two numbers a model, the sums of both its events. Writes only rows that differ.
 *
 * Units that others have reason to give another model than the champion are left out: those in an experiment of the task,
 * and those held back on an old one.
 */
export const RECOMPUTE_SHADOW_PAIRS = `
WITH ${CLAIMED},
shadowed AS MATERIALIZED (
  SELECT s.id AS subject_id, s.environment, s.task, s.unit_type, s.opened_at, s.shadow_until,
    m.id AS metric_id, m.kind, m.transform, m.threshold, m.cap,
    CASE m.kind WHEN 'ratio' THEN 'sum' ELSE m.aggregate END AS aggregate,
    CASE m.kind WHEN 'ratio' THEN m.numerator ELSE m.source END AS source,
    CASE m.kind WHEN 'ratio' THEN m.denominator END AS denominator,
    m.kind IN ('proportion', 'count', 'ratio') OR m.aggregate = 'any' AS counts_itself
  FROM subjects s
  JOIN subject_metrics sm ON sm.subject_id = s.id
  JOIN metrics m ON m.id = sm.metric_id
  WHERE s.shadow_until IS NOT NULL AND s.frozen_at IS NULL AND m.kind <> 'quantile'
), outcomes AS MATERIALIZED (
  SELECT c.environment, c.unit, e.*
  FROM claimed c
  CROSS JOIN LATERAL (
    SELECT e.id, e.at, e.task, e.unit_type, e.metric, e.value, coalesce(e.inference_id, '') AS request,
      e.source IS NOT DISTINCT FROM '${SHADOW_SOURCE}' AS shadow
    FROM events e
    WHERE EXISTS (SELECT FROM shadowed) AND e.environment = c.environment AND e.unit = c.unit
      AND e.type = 'outcome' AND e.metric IS NOT NULL
    OFFSET 0) e
), matched AS (
  SELECT s.subject_id, s.metric_id, s.kind, s.aggregate, s.cap, o.unit, o.request, o.shadow, o.at, o.id,
    CASE WHEN s.transform = 'log' THEN CASE WHEN v.raw > 0 THEN ln(v.raw) END ELSE v.raw END AS value,
    CASE WHEN o.metric = s.denominator THEN coalesce(o.value, 1) END AS denominator
  FROM outcomes o
  JOIN shadowed s ON s.environment = o.environment AND o.metric IN (s.source, s.denominator)
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN o.metric <> s.source THEN NULL
      WHEN s.threshold IS NOT NULL THEN (o.value > s.threshold)::integer::double precision
      WHEN s.counts_itself THEN coalesce(o.value, 1)
      ELSE o.value
    END AS raw) v
  WHERE (o.task IS NULL OR o.task = s.task) AND o.unit_type IN ('', s.unit_type)
    AND o.at >= s.opened_at AND o.at < s.shadow_until
    AND NOT EXISTS (
      SELECT FROM unit_exposures x JOIN subjects other ON other.id = x.subject_id
      WHERE x.unit = o.unit AND other.environment = o.environment
        AND (other.exposures_until IS NULL OR other.exposures_until > s.opened_at)
        AND (other.kind = 'experiment' AND other.task = s.task
          OR other.kind = 'holdout' AND x.variant = 'held' AND (other.task = s.task OR s.task = ANY (other.further_tasks))))
), paired AS (
  SELECT *, bool_or(shadow) OVER request_of_unit AND NOT bool_and(shadow) OVER request_of_unit AS both_answered
  FROM matched WHERE value IS NOT NULL OR denominator IS NOT NULL
  WINDOW request_of_unit AS (PARTITION BY subject_id, metric_id, unit, request)
), valued AS (
  SELECT subject_id, metric_id, unit, shadow, max(at) AS last_at, count(DISTINCT request)::integer AS requests,
    least(
      CASE aggregate
        WHEN 'sum' THEN coalesce(sum(value ORDER BY at, id), 0)
        WHEN 'mean' THEN avg(value ORDER BY at, id)
        WHEN 'max' THEN max(value)
        WHEN 'last' THEN (array_agg(value ORDER BY at, id))[count(*)]
        ELSE max((value <> 0)::integer)::double precision
      END,
      cap) AS value,
    CASE WHEN kind = 'ratio' THEN coalesce(sum(denominator ORDER BY at, id), 0) END AS denominator
  FROM paired WHERE both_answered
  GROUP BY subject_id, metric_id, unit, shadow, kind, aggregate, cap
), wanted AS MATERIALIZED (
  SELECT subject_id, metric_id, unit, champion.requests, champion.value AS champion, challenger.value AS challenger,
    champion.denominator AS champion_denominator, challenger.denominator AS challenger_denominator,
    greatest(champion.last_at, challenger.last_at) AS last_at
  FROM (SELECT * FROM valued WHERE NOT shadow) champion
  JOIN (SELECT * FROM valued WHERE shadow) challenger USING (subject_id, metric_id, unit)
), existing AS (
  SELECT p.* FROM claimed c
  CROSS JOIN LATERAL (
    SELECT p.* FROM shadow_pairs p
    WHERE p.unit = c.unit
      AND (SELECT s.environment FROM subjects s WHERE s.id = p.subject_id AND s.frozen_at IS NULL) = c.environment
    OFFSET 0) p
), removed AS (
  DELETE FROM shadow_pairs p USING existing e
  WHERE p.unit = e.unit AND p.subject_id = e.subject_id AND p.metric_id = e.metric_id
    AND NOT EXISTS (
      SELECT FROM wanted w WHERE w.unit = e.unit AND w.subject_id = e.subject_id AND w.metric_id = e.metric_id)
)
INSERT INTO shadow_pairs AS p
  (subject_id, metric_id, unit, requests, champion, challenger, champion_denominator, challenger_denominator, last_at)
SELECT subject_id, metric_id, unit, requests, champion, challenger, champion_denominator, challenger_denominator, last_at
FROM wanted
ON CONFLICT (unit, subject_id, metric_id) DO UPDATE SET
  requests = excluded.requests, champion = excluded.champion, challenger = excluded.challenger,
  champion_denominator = excluded.champion_denominator, challenger_denominator = excluded.challenger_denominator,
  last_at = excluded.last_at
WHERE (p.requests, p.champion, p.challenger, p.champion_denominator, p.challenger_denominator, p.last_at)
  IS DISTINCT FROM (excluded.requests, excluded.champion, excluded.challenger, excluded.champion_denominator,
    excluded.challenger_denominator, excluded.last_at)`;

/** What a pair has: of a ratio four figures, of anything else two. In the order in which they are read. */
const FIGURES = ['champion', 'champion_denominator', 'challenger', 'challenger_denominator'] as const;

/** Σ (x − x̄)(y − ȳ) of each two, row by row. */
const COMOMENTS = FIGURES.map(
  (x) => `ARRAY[${FIGURES.map((y) => `regr_sxy(p.${x}, p.${y} ORDER BY p.unit)`).join(', ')}]`,
);

/**
 * Centred moments of a subject's pairs per metric, summed in the order of units so that they are the same at every reading.
 * Reads every unit that was paired, of which a stage has thousands.
 */
export const SHADOW_PAIRS = `
SELECT m.key, m.kind, count(p.unit)::integer AS n, max(p.last_at) AS last_at,
  ARRAY[${FIGURES.map((x) => `avg(p.${x} ORDER BY p.unit)`).join(', ')}] AS means,
  ARRAY[${COMOMENTS.join(',\n    ')}] AS comoments
FROM subject_metrics sm
JOIN metrics m ON m.id = sm.metric_id
LEFT JOIN shadow_pairs p ON p.subject_id = sm.subject_id AND p.metric_id = sm.metric_id
WHERE sm.subject_id = $1
GROUP BY m.key, m.kind, sm.position
ORDER BY sm.position`;

/** Units whose pairs a recount of the subject reaches: those that it has pairs of, and those it could have. */
export const SHADOWED_UNITS = `
SELECT s.environment, p.unit FROM shadow_pairs p JOIN subjects s ON s.id = p.subject_id WHERE p.subject_id = $1
UNION
SELECT e.environment, e.unit
FROM subjects s
JOIN events e ON e.environment = s.environment AND e.at >= s.opened_at AND e.at < s.shadow_until
WHERE s.id = $1 AND e.type = 'outcome' AND e.source = '${SHADOW_SOURCE}' AND e.unit <> ''
  AND (e.task IS NULL OR e.task = s.task)`;
