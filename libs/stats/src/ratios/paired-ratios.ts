import type { PairMoments } from '../accumulators/pair-moments.js';
import { requireVectorMoments, type VectorMoments } from '../accumulators/vector-moments.js';
import { StatsError } from '../stats-error.js';

/**
 * Two ratios of totals over the same units, as moments of pairs: each unit stands with its linearised value
 * R + (m − R d) / d̄ on either side, whose mean is the ratio itself and whose variance and covariance are those of the delta
 * method. What compares paired means then compares paired ratios.
 *
 * @param moments of four columns by unit: x's numerator and denominator, y's numerator and denominator
 * @returns null when undefined: no units, a side's denominators sum to 0 or so near to it that a figure is beyond the
 *   range of doubles
 * @throws StatsError `STATS_SHAPE` not four columns, `STATS_DOMAIN` n or an M2 negative, a figure not finite
 * @see Deng, Knoblich, Lu (2018), Applying the delta method in metric analytics, KDD '18
 */
export function pairedRatios(moments: VectorMoments): PairMoments | null {
  const { n, mean, comoments } = requireVectorMoments(moments);
  if (mean.length !== 4) throw new StatsError('STATS_SHAPE', `${mean.length} columns where four are needed`);
  const [numeratorX, sizeX, numeratorY, sizeY] = mean as [number, number, number, number];
  if (n === 0 || sizeX === 0 || sizeY === 0) return null;
  const [x, y] = [numeratorX / sizeX, numeratorY / sizeY];
  const c = (i: number, j: number): number => comoments[i]![j]!;
  const xx = (c(0, 0) - 2 * x * c(0, 1) + x * x * c(1, 1)) / sizeX / sizeX;
  const yy = (c(2, 2) - 2 * y * c(2, 3) + y * y * c(3, 3)) / sizeY / sizeY;
  const xy = (c(0, 2) - y * c(0, 3) - x * c(1, 2) + x * y * c(1, 3)) / sizeX / sizeY;
  if (![x, y, xx, yy, xy].every(Number.isFinite)) return null;
  return { n, x: { mean: x, m2: Math.max(0, xx) }, y: { mean: y, m2: Math.max(0, yy) }, comoment: xy };
}
