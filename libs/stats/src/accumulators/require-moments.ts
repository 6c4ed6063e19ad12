import { requireFinite, requireNotNegative } from '../stats-error.js';

/** Throws `STATS_DOMAIN` unless n and M2 are finite and ≥ 0 and the mean is finite. */
export function requireMoments({ n, mean, m2 }: { n: number; mean: number; m2: number }): void {
  requireNotNegative(n, 'n');
  requireFinite(mean, 'mean');
  requireNotNegative(m2, 'm2');
}

/** Moments just computed: refused where values of 10¹⁵⁴ and more have overflown. */
export function soundMoments<T extends { n: number; mean: number; m2: number }>(moments: T): T {
  requireMoments(moments);
  return moments;
}
