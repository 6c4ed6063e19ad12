import { chiSquaredSf } from '../distributions/chi-squared.js';
import type { ChiSquaredTest } from '../proportions/k-sample.js';
import { deviance } from '../special/stirling.js';
import { inRange, requireNotNegative, requirePositive, StatsError } from '../stats-error.js';

/** How far a distribution over bins has moved from its reference. */
export interface PopulationStability {
  /** Σ (q − p) ln(q/p), shares of 0 replaced by epsilon. Warn at 0.1, alarm at 0.2. */
  readonly psi: number;
  /** Jensen-Shannon divergence in nats, in [0, ln 2]. */
  readonly jsd: number;
  /** Pearson's test of 2 × bins, bins empty on both sides left out; null with fewer than two bins left. */
  readonly chiSquare: ChiSquaredTest | null;
}

/**
 * Population stability index with a test beside it, because PSI alone has no error rate: without drift it is about
 * (bins − 1)(1/n + 1/m).
 *
 * @param reference, current counts per bin
 * @returns null when either side is empty
 * @throws StatsError `STATS_SHAPE` lengths differ, `STATS_DOMAIN` a count is negative or epsilon not positive
 */
export function populationStability(
  reference: readonly number[],
  current: readonly number[],
  epsilon = 1e-6,
): PopulationStability | null {
  if (reference.length !== current.length)
    throw new StatsError('STATS_SHAPE', `${reference.length} bins against ${current.length}`);
  requirePositive(epsilon, 'epsilon');
  [...reference, ...current].forEach((count) => requireNotNegative(count, 'count'));
  const total = (counts: readonly number[]): number =>
    inRange(
      counts.reduce((sum, count) => sum + count, 0),
      'sum of counts',
    );
  const [n, m] = [total(reference), total(current)];
  if (n === 0 || m === 0) return null;
  let psi = 0;
  let jsd = 0;
  let statistic = 0;
  let bins = 0;
  reference.forEach((count, i) => {
    const [p, q] = [count / n, current[i]! / m];
    const [pFloor, qFloor] = [p || epsilon, q || epsilon];
    psi += (qFloor - pFloor) * Math.log(qFloor / pFloor);
    if (p + q === 0) return;
    bins++;
    jsd += (deviance(p, (p + q) / 2) + deviance(q, (p + q) / 2)) / 2;
    // Both rows' (observed − expected)²/expected at once.
    statistic += (p - q) ** 2 / (count / n / m + current[i]! / m / n);
  });
  const df = bins - 1;
  return {
    psi: inRange(psi, 'PSI'),
    jsd: Math.max(0, Math.min(Math.LN2, jsd)),
    chiSquare: df > 0 ? { statistic, df, p: chiSquaredSf(statistic, df) } : null,
  };
}
