import { StatsError } from '../stats-error.js';
import type { Arm, DecisionPlan } from './types.js';

/**
 * N* of a comparison: the planned units of its two arms, plannedUnits × (w_c + w_t) / Σ w.
 *
 * Compute it once at start, store it, and pass it to every look: it tunes the sequences and must never change.
 *
 * @throws StatsError `STATS_DOMAIN` an arm is unknown or the weights do not sum to a positive number
 */
export function comparisonNStar(
  plan: Pick<DecisionPlan, 'plannedUnits'>,
  arms: readonly Arm[],
  comparison: { readonly control: string; readonly treatment: string },
): number {
  const weightOf = (key: string): number => {
    const arm = arms.find((candidate) => candidate.key === key);
    if (!arm) throw new StatsError('STATS_DOMAIN', `no arm ${key}`, { key });
    return arm.weight;
  };
  const total = arms.reduce((sum, arm) => sum + arm.weight, 0);
  const nStar = (plan.plannedUnits * (weightOf(comparison.control) + weightOf(comparison.treatment))) / total;
  if (!(nStar > 0 && nStar < Infinity)) {
    throw new StatsError('STATS_DOMAIN', `planned units and weights must be positive, got N* = ${nStar}`);
  }
  return nStar;
}
