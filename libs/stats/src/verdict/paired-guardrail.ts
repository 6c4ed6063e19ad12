import type { PairMoments } from '../accumulators/pair-moments.js';
import { tuneOneSided } from '../sequential/asymptotic-cs.js';
import { requireProbability } from '../stats-error.js';
import { missingBurnIn } from './burn-in.js';
import { contrastOf } from './contrast.js';
import { exactSlackBound } from './exact-slack.js';
import { absoluteAmount, marginOf, signOf } from './orientation.js';
import { lowerBound } from './sequential-interval.js';
import type { Amount, ArmMoments, MetricPlan } from './types.js';

/** A guardrail judged on units that have both values. */
export interface PairedGuardrailInput {
  readonly metric: MetricPlan;
  /** Per unit: x is its value on the control, y on the treatment. */
  readonly pairs: PairMoments;
  /** Widens the margin; 1 when absent. */
  readonly marginFactor?: number;
  /** One-sided level of non-inferiority. */
  readonly alpha: number;
  /** Units at which the sequence is tightest, frozen before the first look. */
  readonly nStar: number;
}

export interface PairedGuardrailResult {
  readonly outcome: 'pass' | 'undecided';
  readonly margin: Amount & { readonly isDefault: boolean };
  /** The same in the metric's own unit; null without pairs. */
  readonly marginAbsolute: number | null;
  /** Mean of treatment less control over the units; null without pairs. */
  readonly difference: number | null;
  /** Lower bound of oriented difference + margin; proven when > 0. Null while nothing can be said. */
  readonly bound: number | null;
  /** What is missing before an asymptotic decision; null when nothing is. */
  readonly missing: string | null;
}

/**
 * Non-inferiority of a treatment whose answers are compared unit by unit: both models were asked the same. Always valid.
 *
 * The sequence is that of the mean of one number per unit, its difference plus the margin, so that what both values have in
 * common costs nothing. A relative margin is kept linear in the two means. Before burn-in, and where every unit has the
 * same value twice, a 0/1 metric falls back on exact sequences of the two shares, which hold whatever the values of a unit
 * have to do with each other.
 *
 * Assumes units are independent of each other.
 *
 * @throws StatsError `STATS_DOMAIN` no direction, a level or N* outside its domain, moments that no values have
 * @see Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), Time-uniform central limit theory and asymptotic confidence
 *   sequences, Ann. Statist. 52(6), doi:10.1214/24-AOS2408
 */
export function evaluatePairedGuardrail(input: PairedGuardrailInput): PairedGuardrailResult {
  const { metric, pairs, alpha, nStar, marginFactor = 1 } = input;
  requireProbability(alpha, 'alpha');
  const declared = marginOf(metric);
  const margin = { ...declared, value: declared.value * marginFactor };
  const control: ArmMoments = { n: pairs.n, ...pairs.x };
  const treatment: ArmMoments = { n: pairs.n, ...pairs.y };
  const contrast = contrastOf('mean', [{ number: 1, moments: control }], [{ number: 1, moments: treatment }]);
  if (contrast.kind !== 'contrast') {
    const missing = 'fewer than two units with both values';
    return { outcome: 'undecided', margin, marginAbsolute: null, difference: null, bound: null, missing };
  }
  const missing = missingBurnIn(metric, control, treatment);
  const told = {
    margin,
    marginAbsolute: absoluteAmount(margin, control.mean),
    difference: contrast.difference,
  };
  const judged = (bound: number | null, lacking: string | null, decides: boolean): PairedGuardrailResult => ({
    ...told,
    outcome: decides && bound !== null && bound > 0 ? 'pass' : 'undecided',
    bound,
    missing: lacking,
  });
  const slack = pairedSlack(metric, margin, pairs);
  if (metric.kind === 'proportion' && (missing !== null || !(slack.se > 0))) {
    // Its N* is of both arms together.
    return judged(exactSlackBound(contrast, metric.direction, margin, alpha, 2 * nStar), missing, true);
  }
  if (!(slack.se > 0)) return judged(null, missing ?? 'no variance', false);
  return judged(lowerBound(slack, tuneOneSided(alpha, nStar), alpha), missing, missing === null);
}

/** Oriented (treatment − factor × control) + absolute margin over units, and its error. */
function pairedSlack(
  { direction }: MetricPlan,
  margin: Amount,
  { n, x, y, comoment }: PairMoments,
): { estimate: number; se: number; n: number } {
  const sign = signOf(direction);
  const factor = margin.type === 'absolute' ? 1 : 1 - sign * margin.value * Math.sign(x.mean);
  const estimate = sign * (y.mean - factor * x.mean) + (margin.type === 'absolute' ? margin.value : 0);
  // From the right, as a large factor's square is infinite; rounding may leave less than nothing of equal values.
  const m2 = Math.max(0, y.m2 - 2 * (factor * comoment) + factor * (factor * x.m2));
  return { estimate, se: Math.sqrt(m2 / (n - 1) / n), n };
}
