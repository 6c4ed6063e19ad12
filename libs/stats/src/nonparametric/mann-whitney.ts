import { normalSf } from '../distributions/normal.js';
import { requireDomain } from '../stats-error.js';

/** Do values of arm 2 tend to be larger? */
export interface MannWhitney {
  /** Pairs in which arm 2's value is larger, ties counting half. */
  readonly u: number;
  /** null, like the p-values, when all values are equal. */
  readonly z: number | null;
  /** Two-sided, normal with the tie-corrected variance and a continuity correction of ½. */
  readonly pAsymptotic: number | null;
  readonly pAsymptoticNoCc: number | null;
  /** Two-sided, from the permutation distribution; null with ties, or beyond `EXACT_PAIRS` pairs. */
  readonly pExact: number | null;
  /** u / (n₁ n₂): P(arm 2 > arm 1) + ½ P(equal). */
  readonly probabilityOfSuperiority: number;
}

/** The exact distribution takes about the square of this many steps. */
export const EXACT_PAIRS = 20_000;

/**
 * The Mann-Whitney (Wilcoxon rank-sum) test of two independent samples.
 *
 * @returns null when an arm is empty
 * @throws StatsError `STATS_DOMAIN` a value is NaN
 * @see Mann, Whitney (1947), Ann. Math. Stat. 18
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney | null {
  if (a.length === 0 || b.length === 0) return null;
  const all = [
    ...a.map((value) => ({ value, second: false })),
    ...b.map((value) => ({ value, second: true })),
  ];
  all.forEach(({ value }) => requireDomain(!Number.isNaN(value), 'value', value, 'a number'));
  all.sort((x, y) => (x.value < y.value ? -1 : x.value > y.value ? 1 : 0));
  const [n1, n2, n] = [a.length, b.length, all.length];
  let u = 0;
  let ties = 0;
  for (let i = 0, below = 0; i < n;) {
    let [inFirst, inSecond] = [0, 0];
    const { value } = all[i]!;
    for (; i < n && all[i]!.value === value; i++) {
      if (all[i]!.second) inSecond++;
      else inFirst++;
    }
    u += inSecond * (below + inFirst / 2);
    below += inFirst;
    const size = inFirst + inSecond;
    ties += size ** 3 - size;
  }
  const variance = ((n1 * n2) / 12) * (n + 1 - ties / (n * (n - 1)));
  const away = u - (n1 * n2) / 2;
  const sd = Math.sqrt(variance);
  const twoSided = (z: number): number => Math.min(1, 2 * normalSf(z));
  return {
    u,
    z: sd > 0 ? away / sd : null,
    pAsymptotic: sd > 0 ? twoSided((Math.abs(away) - 0.5) / sd) : null,
    pAsymptoticNoCc: sd > 0 ? twoSided(Math.abs(away) / sd) : null,
    pExact: ties === 0 && n1 * n2 <= EXACT_PAIRS ? exactP(n1, n2, Math.max(u, n1 * n2 - u)) : null,
    probabilityOfSuperiority: u / n1 / n2,
  };
}

/**
 * 2 P(U ≥ u). The largest of the values is arm 2's with probability n₂/N and is then above all n₁ of arm 1: the
 * distributions of smaller samples give that of larger ones, as probabilities, so nothing overflows or cancels.
 */
function exactP(n1: number, n2: number, u: number): number {
  // By symmetry P(U ≥ u) = P(U ≤ n₁n₂ − u): only the lower tail is needed.
  const top = n1 * n2 - u;
  let row: Float64Array[] = Array.from({ length: n2 + 1 }, () => point(top));
  for (let i = 1; i <= n1; i++) {
    const next: Float64Array[] = [point(top)];
    for (let j = 1; j <= n2; j++) {
      const fromFirst = row[j]!;
      const fromSecond = next[j - 1]!;
      const share = i / (i + j);
      const mixed = new Float64Array(top + 1);
      for (let k = 0; k <= top; k++)
        mixed[k] = share * fromFirst[k]! + (1 - share) * (k >= i ? fromSecond[k - i]! : 0);
      next.push(mixed);
    }
    row = next;
  }
  return Math.min(1, 2 * row[n2]!.reduce((sum, p) => sum + p, 0));
}

function point(top: number): Float64Array {
  const at = new Float64Array(top + 1);
  at[0] = 1;
  return at;
}
