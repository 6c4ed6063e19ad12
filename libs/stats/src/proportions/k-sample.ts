import { chiSquaredSf } from '../distributions/chi-squared.js';
import { deviance } from '../special/stirling.js';
import { StatsError } from '../stats-error.js';
import { requireTrials } from './one-proportion.js';

/** A chi-squared statistic with its degrees of freedom and upper-tail p. */
export interface ChiSquaredTest {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
}

/**
 * Pearson's and the likelihood-ratio (G) test of equal proportions in k arms, no continuity correction.
 *
 * @param x successes and @param n trials per arm, k ≥ 2
 * @returns null when no arm or every arm is all successes: nothing can differ
 * @throws StatsError `STATS_SHAPE` lengths differ or k < 2
 */
export function equalProportions(
  x: readonly number[],
  n: readonly number[],
): { chiSquare: ChiSquaredTest; gTest: ChiSquaredTest } | null {
  if (x.length !== n.length || x.length < 2)
    throw new StatsError('STATS_SHAPE', `${x.length} counts, ${n.length} trials`);
  x.forEach((value, i) => requireTrials(value, n[i]!, 0.05));
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const p = sum(x) / sum(n);
  if (!(p > 0 && p < 1)) return null;
  const df = x.length - 1;
  let pearson = 0;
  let g = 0;
  x.forEach((successes, i) => {
    const trials = n[i]!;
    pearson += (successes - trials * p) ** 2 / (trials * p * (1 - p));
    g += 2 * (deviance(successes, trials * p) + deviance(trials - successes, trials * (1 - p)));
  });
  const test = (statistic: number): ChiSquaredTest => ({ statistic, df, p: chiSquaredSf(statistic, df) });
  return { chiSquare: test(pearson), gTest: test(g) };
}
