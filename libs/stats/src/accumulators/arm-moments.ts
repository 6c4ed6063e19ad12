import type { ArmMoments, PairedMoments } from '../verdict/types.js';

/** The moments of an arm without units: the neutral element of `mergeArmMoments`. */
export const EMPTY_ARM_MOMENTS: ArmMoments = { n: 0, mean: 0, m2: 0 };

/**
 * Moments of two disjoint sets of units of one arm together, with denominator and covariate.
 *
 * Merging is commutative and, to rounding, associative: statistics may be kept per bucket and merged in any order.
 */
export function mergeArmMoments(a: ArmMoments, b: ArmMoments): ArmMoments {
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const d = meanGap(a, b);
  const { sum: mean, rest } = sumWithRest(a.mean, (a.meanRest ?? 0) + d * (b.n / n));
  const denominator = mergePaired(a, a.denominator, b, b.denominator);
  const covariate = mergePaired(a, a.covariate, b, b.covariate);
  return {
    n,
    mean,
    m2: a.m2 + b.m2 + d * d * ((a.n / n) * b.n),
    ...(rest !== 0 && { meanRest: rest }),
    ...(denominator && { denominator }),
    ...(covariate && { covariate }),
  };
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
    mean: pa.mean + d * (b.n / n),
    m2: pa.m2 + pb.m2 + d * d * weight,
    comoment: pa.comoment + pb.comoment + d * meanGap(a, b) * weight,
  };
}

/** mean of b − mean of a, with what rounding took from each: exact where the means share their leading digits. */
export function meanGap(a: ArmMoments, b: ArmMoments): number {
  return b.mean - a.mean + ((b.meanRest ?? 0) - (a.meanRest ?? 0));
}

/** a + b as the nearest double and what that lost (Knuth's two-sum, exact). */
function sumWithRest(a: number, b: number): { sum: number; rest: number } {
  const sum = a + b;
  const part = sum - a;
  return { sum, rest: a - (sum - part) + (b - part) };
}
