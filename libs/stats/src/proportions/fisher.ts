import { binomialLogPmf } from '../distributions/binomial.js';
import { requireDomain } from '../stats-error.js';
import { requireTrials } from './one-proportion.js';
import type { TwoProportions } from './two-proportions.js';

/** Tables to add up at most; beyond, the normal test is exact enough and this one is refused. */
const MOST_TABLES = 5_000_000;

/** Fisher's exact test. */
export interface FisherTest {
  readonly pTwoSided: number;
  readonly pGreater: number;
  readonly pLess: number;
  /** (x2 (n1 − x1)) / (x1 (n2 − x2)); null when 0/0, Infinity when only the divisor is 0. */
  readonly oddsRatioSample: number | null;
}

/**
 * Fisher's exact test of p2 = p1 given both margins. The two-sided p adds the tables no more probable than the
 * observed one, with a relative slack of 1e-7, as R and SciPy do.
 *
 * @returns null when more than five million tables would have to be added
 * @throws StatsError `STATS_DOMAIN` a count is not whole, outside [0, n], or n outside [1, 10¹⁵]
 */
export function fisherExact(t: TwoProportions): FisherTest | null {
  requireTrials(t.x1, t.n1, 0.05);
  requireTrials(t.x2, t.n2, 0.05);
  const { x1, n1, x2, n2 } = t;
  for (const [name, value] of Object.entries({ x1, n1, x2, n2 }))
    requireDomain(Number.isInteger(value), name, value, 'a whole number');
  const successes = t.x1 + t.x2;
  const low = Math.max(0, successes - t.n1);
  const high = Math.min(successes, t.n2);
  if (high - low > MOST_TABLES) return null;
  const observed = logHypergeometric(t.x2, t, successes);
  const slack = observed + Math.log1p(1e-7);
  const sums = { two: 0, greater: 0, less: 0 };
  for (let x = low; x <= high; x++) {
    const log = logHypergeometric(x, t, successes);
    const p = Math.exp(log);
    if (log <= slack) sums.two += p;
    if (x >= t.x2) sums.greater += p;
    if (x <= t.x2) sums.less += p;
  }
  return {
    pTwoSided: Math.min(1, sums.two),
    pGreater: Math.min(1, sums.greater),
    pLess: Math.min(1, sums.less),
    oddsRatioSample: oddsRatio(t),
  };
}

function oddsRatio({ x1, n1, x2, n2 }: TwoProportions): number | null {
  const above = x2 * (n1 - x1);
  const below = x1 * (n2 - x2);
  return above === 0 && below === 0 ? null : above / below;
}

/** ln P(arm 2 holds x of all successes), as three saddle-point binomials with the common success rate. */
function logHypergeometric(x: number, { n1, n2 }: TwoProportions, successes: number): number {
  const n = n1 + n2;
  const p = successes / n;
  if (p === 0 || p === 1) return 0;
  return binomialLogPmf(x, n2, p) + binomialLogPmf(successes - x, n1, p) - binomialLogPmf(successes, n, p);
}
