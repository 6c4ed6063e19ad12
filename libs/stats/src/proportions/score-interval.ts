import { normalIsf } from '../distributions/normal.js';
import { requireDomain } from '../stats-error.js';
import { requireTrials, type Ends } from './one-proportion.js';
import type { TwoProportions } from './two-proportions.js';

/**
 * Maximum-likelihood p1 of two binomials under p2 − p1 = delta, by the closed form of the cubic.
 *
 * Counts may be fractions: sample-size formulas put expected values in.
 *
 * @throws StatsError `STATS_DOMAIN` delta outside [−1, 1], trials not positive, successes outside [0, n]
 * @see Farrington, Manning (1990), Test statistics and sample size formulae, Stat. Med. 9
 */
export function restrictedP1(t: TwoProportions, delta: number): number {
  const { x1, n1, x2, n2 } = t;
  requireSize(n1, 'n1');
  requireSize(n2, 'n2');
  requireDomain(x1 >= 0 && x1 <= n1 && x2 >= 0 && x2 <= n2, 'x1, x2', `${x1}, ${x2}`, 'between 0 and n');
  requireDomain(delta >= -1 && delta <= 1, 'delta', delta, 'in [−1, 1]');
  const n = n1 + n2;
  const x = x1 + x2;
  const l2 = ((n2 + 2 * n1) * delta - n - x) / n;
  const l1 = ((n1 * delta - n - 2 * x1) * delta + x) / n;
  const l0 = (x1 * delta * (1 - delta)) / n;
  const q = (l2 / 3) ** 3 - (l1 * l2) / 6 + l0 / 2;
  const size = Math.sqrt(Math.max(0, (l2 / 3) ** 2 - l1 / 3));
  const p = q >= 0 ? size : -size;
  const angle = p === 0 ? Math.PI / 2 : (Math.PI + Math.acos(Math.min(1, Math.max(-1, q / p ** 3)))) / 3;
  const p1 = 2 * p * Math.cos(angle) - l2 / 3;
  return Math.min(Math.min(1, 1 - delta), Math.max(Math.max(0, -delta), p1));
}

/** Sizes whose products keep their digits. */
function requireSize(n: number, name: string): void {
  requireDomain(n >= 1e-100 && n <= 1e100, name, n, 'positive, in [1e-100, 1e100]');
}

/**
 * Score interval of p2 − p1: the deltas the score test does not reject. Exists at 0 and n successes too.
 *
 * @param correction `miettinen-nurminen` multiplies the variance by N/(N − 1); `mee` does not
 * @see Miettinen, Nurminen (1985), Comparative analysis of two rates, Stat. Med. 4
 */
export function scoreInterval(
  t: TwoProportions,
  alpha: number,
  correction: 'miettinen-nurminen' | 'mee',
): Ends {
  requireTrials(t.x1, t.n1, alpha);
  requireTrials(t.x2, t.n2, alpha);
  const n = t.n1 + t.n2;
  const inflation = correction === 'mee' ? 1 : n / (n - 1);
  const d = t.x2 / t.n2 - t.x1 / t.n1;
  const z = normalIsf(alpha / 2);
  const rejects = (delta: number): boolean => {
    const p1 = restrictedP1(t, delta);
    const p2 = p1 + delta;
    const variance = (p1 * (1 - p1)) / t.n1 + (p2 * (1 - p2)) / t.n2;
    return (d - delta) ** 2 > z * z * Math.max(0, variance) * inflation;
  };
  return [edge(rejects, d, -1), edge(rejects, d, 1)];
}

/** The border between kept (from `inside`) and rejected (towards `outside`) deltas. */
function edge(rejects: (delta: number) => boolean, inside: number, outside: number): number {
  if (!rejects(outside)) return outside;
  for (let i = 0; i < 100 && Math.abs(outside - inside) > 1e-16; i++) {
    const middle = (inside + outside) / 2;
    if (rejects(middle)) outside = middle;
    else inside = middle;
  }
  return inside;
}
