import type { ArmMoments, PairedMoments } from '../verdict/types.js';
import { inRange, requireFinite } from '../stats-error.js';
import { mergeCovariates, requireCovariate } from './covariate-moments.js';
import { requireMoments, soundMoments } from './require-moments.js';

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
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const d = meanGap(a, b);
  const { sum: mean, rest } = sumWithRest(a.mean, (a.meanRest ?? 0) + d * (b.n / n));
  const denominator = mergePaired(a, a.denominator, b, b.denominator);
  const covariate = mergeCovariates(a, b, {
    d,
    denominators: a.denominator && b.denominator ? b.denominator.mean - a.denominator.mean : 0,
  });
  return soundMoments({
    n,
    mean,
    m2: a.m2 + b.m2 + d * d * ((a.n / n) * b.n),
    ...(rest !== 0 && { meanRest: rest }),
    ...(denominator && { denominator }),
    ...(covariate && { covariate }),
  });
}

/** Throws `STATS_DOMAIN` unless n and every M2 are finite and ≥ 0 and all other figures finite. */
export function requireArmMoments(moments: ArmMoments): void {
  requireMoments(moments);
  requireFinite(moments.meanRest ?? 0, 'meanRest');
  requireCovariate(moments);
  const { denominator } = moments;
  if (!denominator) return;
  requireMoments({ n: moments.n, mean: denominator.mean, m2: denominator.m2 });
  requireFinite(denominator.comoment, 'comoment');
}

function mergePaired(
  a: ArmMoments,
  pa: PairedMoments | undefined,
  b: ArmMoments,
  pb: PairedMoments | undefined,
): PairedMoments | undefined {
  if (!pa || !pb) return undefined;
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

/** a + b as the nearest double and what that lost (Knuth's two-sum, exact). */
function sumWithRest(a: number, b: number): { sum: number; rest: number } {
  const sum = a + b;
  const part = sum - a;
  return { sum, rest: a - (sum - part) + (b - part) };
}
