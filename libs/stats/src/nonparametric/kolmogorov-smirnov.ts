import { requireDomain } from '../stats-error.js';

/** Largest distance between two empirical distribution functions. */
export interface KolmogorovSmirnov {
  readonly d: number;
  /** Two-sided, by counting lattice paths; conservative with ties. null beyond `KS_EXACT_PAIRS` pairs. */
  readonly pExact: number | null;
  /** Kolmogorov's limit at d √(n₁n₂/(n₁+n₂)), without a small-sample correction. */
  readonly pAsymptotic: number;
}

/** The exact p takes this many steps. */
export const KS_EXACT_PAIRS = 10_000_000;

/**
 * The two-sample Kolmogorov-Smirnov test.
 *
 * @returns null when a sample is empty
 * @throws StatsError `STATS_DOMAIN` a value is NaN
 * @see Hodges (1958), Arkiv för Matematik 3, for the paths; Kolmogorov (1933)
 */
export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): KolmogorovSmirnov | null {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) return null;
  [...a, ...b].forEach((value) => requireDomain(!Number.isNaN(value), 'value', value, 'a number'));
  const x = [...a].sort((p, q) => p - q);
  const y = [...b].sort((p, q) => p - q);
  // In whole numbers, i n − j m, so that "as far as observed" is exact.
  let far = 0;
  for (let i = 0, j = 0; i < m && j < n;) {
    const value = Math.min(x[i]!, y[j]!);
    while (i < m && x[i] === value) i++;
    while (j < n && y[j] === value) j++;
    far = Math.max(far, Math.abs(i * n - j * m));
  }
  const d = far / m / n;
  return {
    d,
    pExact: m * n <= KS_EXACT_PAIRS ? probTouching(m, n, far) : null,
    pAsymptotic: kolmogorovSf(Math.sqrt((m * n) / (m + n)) * d),
  };
}

/** Probability that a random order of m and n values goes at least `far` away; sums of positive terms only. */
function probTouching(m: number, n: number, far: number): number {
  if (far === 0) return 1;
  let column = new Float64Array(n + 1);
  for (let i = 0; i <= m; i++) {
    const next = new Float64Array(n + 1);
    for (let j = 0; j <= n; j++) {
      if (Math.abs(i * n - j * m) >= far) next[j] = 1;
      else if (i + j > 0) next[j] = ((i > 0 ? i * column[j]! : 0) + (j > 0 ? j * next[j - 1]! : 0)) / (i + j);
    }
    column = next;
  }
  return Math.min(1, column[n]!);
}

/** P(K > x) of Kolmogorov's limiting distribution: by its series for large x, by the theta identity for small. */
export function kolmogorovSf(x: number): number {
  // Below, all but e^−700 of the probability lies above.
  if (!(x > 0.04)) return 1;
  let sum = 0;
  if (x < 0.8) {
    for (let k = 1; k < 20; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  for (let k = 1; k < 20; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, sum);
}
