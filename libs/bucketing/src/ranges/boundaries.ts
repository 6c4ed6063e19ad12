import { HASH_SPACE, type HashRange } from './hash-range.js';

/**
 * Upper ends of consecutive arms: round(cumulative share · 2^32), the last one exactly 2^32.
 *
 * Weights are relative and normalised first, so 1:1, 50:50 and 0.5:0.5 are the same split to the last position.
 *
 * @param weights non-negative, finite, at least one positive
 * @returns one boundary per weight, non-decreasing; empty when the weights give no split
 */
export function boundaries(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0) || !Number.isFinite(total) || weights.some((weight) => !(weight >= 0))) return [];
  const lastPositive = weights.findLastIndex((weight) => weight > 0);
  let cumulative = 0;
  return weights.map((weight, index) => {
    cumulative += weight;
    // Sums of fractions end a hair below 1; nobody may fall off the end.
    return index >= lastPositive ? HASH_SPACE : Math.round((cumulative / total) * HASH_SPACE);
  });
}

/** The stretch of each arm: [0, b1), [b1, b2), … up to 2^32. */
export function splitByWeight(weights: readonly number[]): HashRange[] {
  const ends = boundaries(weights);
  return ends.map((end, index) => [index === 0 ? 0 : ends[index - 1]!, end]);
}

/** Challenger [0, share) and concurrent control [1 − controlShare, 1) of a rollout; the rest is the champion's. */
export function rolloutRanges(
  share: number,
  controlShare: number,
): { challenger: HashRange; control: HashRange } {
  const upTo = Math.round(clampShare(share) * HASH_SPACE);
  const from = Math.round((1 - clampShare(controlShare)) * HASH_SPACE);
  return { challenger: [0, upTo], control: [Math.max(from, upTo), HASH_SPACE] };
}

const clampShare = (share: number): number => (share > 0 ? Math.min(share, 1) : 0);
