import { requireDomain, requireFinite, requireNotNegative } from '../stats-error.js';

/** Fieller's set for a lift. */
export type FiellerSet =
  | { readonly type: 'interval'; readonly ci: readonly [number, number]; readonly g: number }
  /** (−∞, ci[0]] ∪ [ci[1], ∞) */
  | { readonly type: 'complement'; readonly ci: readonly [number, number]; readonly g: number }
  | { readonly type: 'all'; readonly ci: null; readonly g: number };

/**
 * The exact set {r : (mean2 − r mean1)² ≤ q² (variance2 + r² variance1)} as lift = sign(mean1)(r − 1).
 *
 * An interval exactly when the control mean is significantly different from 0 (g < 1). Contains lift 0 exactly when
 * the difference of the means is not significant at the same q, which the delta interval does not promise.
 *
 * @param input means, variances of the means (not of units), and the quantile q of the level wanted; mean1 ≠ 0
 * Where a figure leaves the range of doubles the whole line is returned, which holds the set whatever it is.
 *
 * @throws StatsError `STATS_DOMAIN` mean1 = 0, a mean not finite, a variance or the quantile negative or not finite
 * @see Fieller (1954), Some problems in interval estimation, JRSSB 16
 */
export function fiellerSet(input: {
  mean1: number;
  variance1: number;
  mean2: number;
  variance2: number;
  quantile: number;
}): FiellerSet {
  const { mean1, variance1, mean2, variance2, quantile: q } = input;
  requireDomain(mean1 !== 0 && Number.isFinite(mean1), 'mean1', mean1, 'finite and not 0');
  requireFinite(mean2, 'mean2');
  requireNotNegative(variance1, 'variance1');
  requireNotNegative(variance2, 'variance2');
  requireNotNegative(q, 'quantile');
  const q2 = q * q;
  const g = (q2 * variance1) / (mean1 * mean1);
  const r = mean2 / mean1;
  const scaled = (q2 * variance2) / (mean1 * mean1);
  // (1 − g) x² − 2 r x + (r² − scaled) ≤ 0 in x = the ratio
  const discriminant = r * r * g + scaled * (1 - g);
  if (!Number.isFinite(discriminant) || !Number.isFinite(g)) return wholeLine(g);
  if (g === 1) {
    if (r === 0) return wholeLine(g);
    const edge = (r * r - scaled) / (2 * r);
    const ends: [number, number] = r > 0 ? [edge, Infinity] : [-Infinity, edge];
    return { type: 'interval', ci: toLift(ends, mean1), g };
  }
  if (discriminant <= 0) {
    return g > 1 ? wholeLine(g) : { type: 'interval', ci: toLift([r, r], mean1), g };
  }
  const root = Math.sqrt(discriminant);
  // The larger root in size first; the other from the product, which does not cancel.
  const first = r >= 0 ? r + root : r - root;
  const x1 = first / (1 - g);
  const product = (r * r - scaled) / (1 - g);
  const x2 = first === 0 ? 0 : product / x1;
  if (!Number.isFinite(x1) || !Number.isFinite(x2)) return wholeLine(g);
  const ends: [number, number] = [Math.min(x1, x2), Math.max(x1, x2)];
  return { type: g < 1 ? 'interval' : 'complement', ci: toLift(ends, mean1), g };
}

const wholeLine = (g: number): FiellerSet => ({ type: 'all', ci: null, g: g >= 0 ? g : Infinity });

function toLift([low, high]: [number, number], mean1: number): [number, number] {
  return mean1 > 0 ? [low - 1, high - 1] : [1 - high, 1 - low];
}
