import { requireDomain, requireNotNegative, StatsError } from '../stats-error.js';

/** The least that an arm is given, whatever is believed of it. */
export interface AllocationFloors {
  /** Index of the control; null for none. */
  readonly control: number | null;
  /** Least probability of every arm. Default max(1/(10 k), 1 %) with k arms. */
  readonly floor?: number;
  /** Least probability of the control. Default 10 %. */
  readonly controlShare?: number;
}

/**
 * The probabilities with which the units of the next batch are assigned: P(best), raised to the floors.
 *
 * Arms below their floor are given the floor, the others share the rest in proportion to P(best). Log these figures with
 * every assignment: they are the propensities of `aipwMean`. Change them at batch boundaries only.
 *
 * @param probBest one per arm, ≥ 0; need not sum to exactly 1
 * @returns probabilities in the order of the arms, each at its floor or above; they sum to 1 to rounding
 * @throws StatsError `STATS_SHAPE` no arm; `STATS_DOMAIN` a figure negative or not finite, all 0, a control that is no arm,
 *   floors that sum to more than 1
 * @see Thompson (1933), Biometrika 25, doi:10.1093/biomet/25.3-4.285
 */
export function thompsonAllocation(probBest: readonly number[], floors: AllocationFloors): number[] {
  const least = floorsOf(probBest.length, floors);
  probBest.forEach((p) => requireNotNegative(p, 'probBest'));
  const largest = Math.max(...probBest);
  requireDomain(largest > 0, 'probBest', largest, 'above 0 for some arm');
  // Of the largest, so that a sum neither overflows nor loses tiny ones all at once.
  const wish = probBest.map((p) => p / largest);
  const held = wish.map(() => false);
  for (;;) {
    const free = 1 - sum(least.filter((_, i) => held[i]));
    const wished = sum(wish.filter((_, i) => !held[i]));
    const given = wish.map((p, i) => (held[i] || !(wished > 0) ? least[i]! : (p / wished) * free));
    const short = given.map((p, i) => !held[i] && p < least[i]!);
    if (!short.includes(true)) return wished > 0 ? given : spread(least);
    short.forEach((isShort, i) => (held[i] ||= isShort));
  }
}

/**
 * The arm of a uniform number in [0, 1), a generator's or a hash's: arm i with probability `allocation[i]`.
 *
 * @throws StatsError `STATS_SHAPE` no arm; `STATS_DOMAIN` a probability negative, a sum that is not 1, u outside [0, 1)
 */
export function armAt(allocation: readonly number[], u: number): number {
  requireDomain(u >= 0 && u < 1, 'u', u, 'in [0, 1)');
  requireDistribution(allocation, 'allocation');
  let below = 0;
  for (const [arm, p] of allocation.entries()) {
    below += p;
    if (u < below) return arm;
  }
  return allocation.findLastIndex((p) => p > 0);
}

/** Throws unless the figures are ≥ 0 and sum to 1 within a millionth. */
export function requireDistribution(probabilities: readonly number[], name: string): void {
  if (probabilities.length === 0) throw new StatsError('STATS_SHAPE', 'no arm');
  probabilities.forEach((p) => requireNotNegative(p, name));
  const total = sum(probabilities);
  requireDomain(Math.abs(total - 1) < 1e-6, name, total, 'a distribution: its sum');
}

function floorsOf(k: number, { control, floor, controlShare = 0.1 }: AllocationFloors): number[] {
  if (k === 0) throw new StatsError('STATS_SHAPE', 'no arm');
  requireDomain(
    control === null || (Number.isInteger(control) && control >= 0 && control < k),
    'control',
    control,
    'an arm',
  );
  const every = floor ?? Math.max(1 / (10 * k), 0.01);
  requireNotNegative(every, 'floor');
  requireNotNegative(controlShare, 'controlShare');
  const least = Array.from({ length: k }, (_, i) => (i === control ? Math.max(every, controlShare) : every));
  requireDomain(sum(least) <= 1 + 1e-12, 'floors', sum(least), 'at most 1 together');
  return least;
}

/** All arms at their floors: what is left goes to all in proportion. */
function spread(least: readonly number[]): number[] {
  const total = sum(least);
  return least.map((p) => p / total);
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
