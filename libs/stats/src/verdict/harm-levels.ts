import { requireAlpha, requireDomain } from '../stats-error.js';

/**
 * Splits a harm alpha over guardrails and comparisons by weight, so that all of them together spend it once.
 *
 * @param guardrails each with its weight, 1 when absent; at least one
 * @param comparisons how many comparisons share the level
 * @returns the level of each guardrail in one comparison, in the order given
 * @throws StatsError `STATS_DOMAIN` alphaHarm outside (0, 1), a weight that is negative or not finite, no positive weight, no comparison
 */
export function harmLevels(
  guardrails: ReadonlyArray<{ readonly harmWeight?: number | undefined }>,
  alphaHarm: number,
  comparisons = 1,
): number[] {
  requireAlpha(alphaHarm, 'alphaHarm');
  const weights = guardrails.map(({ harmWeight = 1 }) => harmWeight);
  for (const weight of weights)
    requireDomain(weight >= 0 && weight < Infinity, 'harmWeight', weight, 'finite and ≥ 0');
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  requireDomain(total > 0 && total < Infinity, 'sum of harm weights', total, 'positive and finite');
  requireDomain(comparisons >= 1, 'comparisons', comparisons, 'at least 1');
  return weights.map((weight) => Math.min(alphaHarm, (alphaHarm * weight) / (total * comparisons)));
}
