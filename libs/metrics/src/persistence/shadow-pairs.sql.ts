import { SHADOW_SOURCE } from '@app/events';
import { CLAIMED } from './claimed-units.js';

/**
 * Recomputes, for the claimed units, what both models came to on the requests that both answered in a shadow stage: a
 * unit's value of a metric as it is defined, over the outcomes of those requests alone, once of the champion's and once of
 * the challenger's. One request is one inference id; outcomes without one make one request of the unit together. Writes
 * only rows that differ.
 *
 * Units that others have reason to give another model than the champion are left out: those in an experiment of the task,
 * and those held back on an old one.
 */
export const RECOMPUTE_SHADOW_PAIRS = `
WITH ${CLAIMED},
shadowed AS MATERIALIZED (
  SELECT s.id AS subject_id, s.environment, s.task, s.unit_type, s.opened_at, s.shadow_until,
    m.id AS metric_id, m.source, m.aggregate, m.transform, m.threshold, m.cap,
    m.kind IN ('proportion', 'count') OR m.aggregate = 'any' AS counts_itself
  FROM subjects s
  JOIN subject_metrics sm ON sm.subject_id = s.id
  JOIN metrics m ON m.id = sm.metric_id
  WHERE s.shadow_until IS NOT NULL AND s.frozen_at IS NULL AND m.kind IN ('proportion', 'count', 'mean')
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
  SELECT s.subject_id, s.metric_id, s.aggregate, s.cap, o.unit, o.request, o.shadow, o.at, o.id,
    CASE WHEN s.transform = 'log' THEN CASE WHEN v.raw > 0 THEN ln(v.raw) END ELSE v.raw END AS value
  FROM outcomes o
  JOIN shadowed s ON s.environment = o.environment AND s.source = o.metric
  CROSS JOIN LATERAL (
    SELECT CASE
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
  FROM matched WHERE value IS NOT NULL
  WINDOW request_of_unit AS (PARTITION BY subject_id, metric_id, unit, request)
), valued AS (
  SELECT subject_id, metric_id, unit, shadow, max(at) AS last_at, count(DISTINCT request)::integer AS requests,
    least(
      CASE aggregate
        WHEN 'sum' THEN sum(value ORDER BY at, id)
        WHEN 'mean' THEN avg(value ORDER BY at, id)
        WHEN 'max' THEN max(value)
        WHEN 'last' THEN (array_agg(value ORDER BY at, id))[count(*)]
        ELSE max((value <> 0)::integer)::double precision
      END,
      cap) AS value
  FROM paired WHERE both_answered
  GROUP BY subject_id, metric_id, unit, shadow, aggregate, cap
), wanted AS MATERIALIZED (
  SELECT subject_id, metric_id, unit, champion.requests, champion.value AS champion, challenger.value AS challenger,
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
INSERT INTO shadow_pairs AS p (subject_id, metric_id, unit, requests, champion, challenger, last_at)
SELECT subject_id, metric_id, unit, requests, champion, challenger, last_at FROM wanted
ON CONFLICT (unit, subject_id, metric_id) DO UPDATE SET
  requests = excluded.requests, champion = excluded.champion, challenger = excluded.challenger, last_at = excluded.last_at
WHERE (p.requests, p.champion, p.challenger, p.last_at)
  IS DISTINCT FROM (excluded.requests, excluded.champion, excluded.challenger, excluded.last_at)`;

/**
 * Centred moments of a subject's pairs per metric, summed in the order of units so that they are the same at every reading.
 * Reads every unit that was paired, of which a stage has thousands.
 */
export const SHADOW_PAIRS = `
SELECT m.key, count(p.unit)::integer AS n, max(p.last_at) AS last_at,
  avg(p.champion ORDER BY p.unit) AS champion_mean, regr_sxx(p.challenger, p.champion ORDER BY p.unit) AS champion_m2,
  avg(p.challenger ORDER BY p.unit) AS challenger_mean, regr_syy(p.challenger, p.champion ORDER BY p.unit) AS challenger_m2,
  regr_sxy(p.challenger, p.champion ORDER BY p.unit) AS comoment
FROM subject_metrics sm
JOIN metrics m ON m.id = sm.metric_id
LEFT JOIN shadow_pairs p ON p.subject_id = sm.subject_id AND p.metric_id = sm.metric_id
WHERE sm.subject_id = $1
GROUP BY m.key, sm.position
ORDER BY sm.position`;
