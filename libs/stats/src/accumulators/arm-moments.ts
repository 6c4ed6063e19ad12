import type { ArmMoments, PairedMoments } from '../verdict/types.js';
import type { Mutable } from '../mutable.js';
import { inRange, requireFinite } from '../stats-error.js';
import { mergeCovariates, requireCovariate } from './covariate-moments.js';
import { requireMeanAndM2, requireMoments } from './require-moments.js';

/** The moments of an arm without units: the neutral element of `mergeArmMoments`. */
export const EMPTY_ARM_MOMENTS: ArmMoments = { n: 0, mean: 0, m2: 0 };

/**
 * Moments of two disjoint sets of units of one arm together, with denominator and covariate.
 *
 * Merging is commutative and, to rounding, associative: statistics may be kept per bucket and merged in any order.
 *
 * @throws StatsError `STATS_DOMAIN` n or M2 negative, a figure not finite, or so large that squares overflow
 */
export function mergeArmMoments(a: ArmMoments, b: ArmMoments): ArmMoments {
  requireArmMoments(a);
  requireArmMoments(b);
  return mergeSound(a, b);
}

/** `mergeArmMoments` of moments that `requireArmMoments` has passed or that were merged from such. */
export function mergeSound(a: ArmMoments, b: ArmMoments): ArmMoments {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const d = meanGap(a, b);
  // The mean as the nearest double and what that lost (Knuth's two-sum, exact).
  const change = (a.meanRest ?? 0) + d * (b.n / n);
  const mean = a.mean + change;
  const part = mean - a.mean;
  const rest = a.mean - (mean - part) + (change - part);
  // Assigned, not spread: a look merges a hundred times, and spreads of conditions were most of what it allocated.
  const merged: Mutable<ArmMoments> = { n, mean, m2: a.m2 + b.m2 + d * d * ((a.n / n) * b.n) };
  requireMoments(merged);
  if (rest !== 0) merged.meanRest = rest;
  if (a.denominator && b.denominator) merged.denominator = mergePaired(a, a.denominator, b, b.denominator);
  if (a.covariate || b.covariate) merged.covariate = mergeCovariates(a, b, d);
  return merged;
}

/** Throws `STATS_DOMAIN` unless n and every M2 are finite and ≥ 0 and all other figures finite. */
export function requireArmMoments(moments: ArmMoments): void {
  requireMoments(moments);
  requireFinite(moments.meanRest ?? 0, 'meanRest');
  requireCovariate(moments);
  const { denominator } = moments;
  if (!denominator) return;
  requireMeanAndM2(denominator);
  requireFinite(denominator.comoment, 'comoment');
}

function mergePaired(a: ArmMoments, pa: PairedMoments, b: ArmMoments, pb: PairedMoments): PairedMoments {
  const n = a.n + b.n;
  const weight = (a.n / n) * b.n;
  const d = pb.mean - pa.mean;
  return {
    mean: inRange(pa.mean + d * (b.n / n), 'mean'),
    m2: inRange(pa.m2 + pb.m2 + d * d * weight, 'm2'),
    comoment: inRange(pa.comoment + pb.comoment + d * meanGap(a, b) * weight, 'comoment'),
  };
}

/** mean of b − mean of a, with what rounding took from each: exact where the means share their leading digits. */
export function meanGap(a: ArmMoments, b: ArmMoments): number {
  return inRange(b.mean - a.mean + ((b.meanRest ?? 0) - (a.meanRest ?? 0)), 'difference of the means');
}
