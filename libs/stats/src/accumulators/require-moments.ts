import { requireFinite, requireNotNegative } from '../stats-error.js';

/** Throws `STATS_DOMAIN` unless n and M2 are finite and ≥ 0 and the mean is finite. */
export function requireMoments(moments: { n: number; mean: number; m2: number }): void {
  requireNotNegative(moments.n, 'n');
  requireMeanAndM2(moments);
}

/** The same of a second variable, whose units are counted elsewhere. */
export function requireMeanAndM2({ mean, m2 }: { mean: number; m2: number }): void {
  requireFinite(mean, 'mean');
  requireNotNegative(m2, 'm2');
}

/** Moments just computed: refused where values of 10¹⁵⁴ and more have overflown. */
export function soundMoments<T extends { n: number; mean: number; m2: number }>(moments: T): T {
  requireMoments(moments);
  return moments;
}
