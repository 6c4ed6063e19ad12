/**
 * Who scored and who served a rollout's units in some buckets ($2), the earlier and the later half of each arm's values
 * apart. Buckets are filled by the hash of the unit, so a few of them show what all do at a part of the cost.
 */
export const VERSIONS = `
WITH measured AS (
  SELECT d.key AS metric, x.variant, m.evaluators, m.served_models,
    ntile(2) OVER (PARTITION BY x.variant, d.key ORDER BY m.last_at, m.unit) AS half
  FROM unit_metrics m
  JOIN unit_exposures x ON x.unit = m.unit AND x.subject_id = m.subject_id
  JOIN metrics d ON d.id = m.metric_id
  WHERE m.subject_id = $1 AND m.bucket = ANY ($2::smallint[]) AND NOT x.crossing
    AND (m.evaluators IS NOT NULL OR m.served_models IS NOT NULL)
)
SELECT metric, variant, half, evaluators, served_models AS "servedModels", count(*)::int AS units
FROM measured GROUP BY metric, variant, half, evaluators, served_models
ORDER BY metric, variant, half, evaluators, served_models`;
