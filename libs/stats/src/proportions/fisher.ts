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
  const successes = x1 + x2;
  const [low, high] = [Math.max(0, successes - n1), Math.min(successes, n2)];
  if (high - low > MOST_TABLES) return null;
  const sums = sumTables(t, { low, high });
  const p = (part: number): number => Math.min(1, part / sums.all);
  return {
    pTwoSided: p(sums.noLikelier),
    pGreater: p(sums.greater),
    pLess: p(sums.less),
    oddsRatioSample: oddsRatio(t),
  };
}

/** Weights of all tables, those on either side of the observed one, and those no likelier; 1 is the likeliest table. */
interface TableSums {
  readonly all: number;
  readonly greater: number;
  readonly less: number;
  readonly noLikelier: number;
}

/**
 * Walks from the likeliest table outwards, each weight from the one before it by the ratio of hypergeometric
 * probabilities, until they vanish: no factorials, no logs, and what is small is added to what is small.
 */
function sumTables(
  { x1, n1, x2, n2 }: TwoProportions,
  { low, high }: { low: number; high: number },
): TableSums {
  const successes = x1 + x2;
  const likeliest = Math.floor((successes + 1) * ((n2 + 1) / (n1 + n2 + 2)));
  const start = Math.min(high, Math.max(low, likeliest));
  /** Weight of x + 1 over that of x. */
  const up = (x: number): number => ((n2 - x) / (x + 1)) * ((successes - x) / (n1 - successes + x + 1));
  const walk = (visit: (x: number, weight: number) => void): void => {
    for (let [x, weight] = [start, 1]; x <= high && weight > 0; weight *= up(x), x++) visit(x, weight);
    for (let [x, weight] = [start - 1, 1 / up(start - 1)]; x >= low && weight > 0; x--, weight /= up(x))
      visit(x, weight);
  };
  let observed = 0;
  walk((x, weight) => {
    if (x === x2) observed = weight;
  });
  const limit = observed * (1 + 1e-7);
  const sums = { all: 0, greater: 0, less: 0, noLikelier: 0 };
  walk((x, weight) => {
    sums.all += weight;
    if (x >= x2) sums.greater += weight;
    if (x <= x2) sums.less += weight;
    if (weight <= limit) sums.noLikelier += weight;
  });
  return sums;
}

function oddsRatio({ x1, n1, x2, n2 }: TwoProportions): number | null {
  const above = x2 * (n1 - x1);
  const below = x1 * (n2 - x2);
  return above === 0 && below === 0 ? null : above / below;
}
