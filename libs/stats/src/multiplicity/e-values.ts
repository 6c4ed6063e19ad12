import { requireAlpha, requireDomain, requireProbability } from '../stats-error.js';

/** Result of e-BH. */
export interface EbhResult {
  readonly rejections: number;
  readonly reject: readonly boolean[];
}

/**
 * e-BH: rejects the k largest e-values, k the largest with e₍ₖ₎ ≥ m/(alpha k).
 *
 * The false discovery rate stays ≤ alpha under any dependence and at any stopping time.
 *
 * @param e non-negative e-values; Infinity is allowed
 * @see Wang, Ramdas (2022), False discovery rate control with e-values, JRSSB 84
 */
export function ebh(e: readonly number[], alpha: number): EbhResult {
  requireAlpha(alpha);
  e.forEach((value) => requireDomain(value >= 0, 'e', value, '≥ 0'));
  const m = e.length;
  const order = e.map((_, i) => i).sort((a, b) => (e[a] === e[b] ? a - b : e[b]! - e[a]!));
  let rejections = 0;
  for (let k = 1; k <= m; k++) if (e[order[k - 1]!]! * k * alpha >= m) rejections = k;
  const rejected = new Set(order.slice(0, rejections));
  return { rejections, reject: e.map((_, i) => rejected.has(i)) };
}

/** Bonferroni for e-values: reject where e ≥ m/alpha. */
export function eBonferroni(e: readonly number[], alpha: number): boolean[] {
  requireAlpha(alpha);
  e.forEach((value) => requireDomain(value >= 0, 'e', value, '≥ 0'));
  return e.map((value) => value * alpha >= e.length);
}

/** The calibrator κ p^(κ−1) with κ = ½: an e-value from a p-value; Infinity at p = 0. */
export function pToE(p: number): number {
  requireProbability(p);
  // -0 is a p too, and its root is −0.
  return 1 / (2 * Math.sqrt(Math.abs(p)));
}
