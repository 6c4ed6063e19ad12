import { complement, HASH_SPACE, merged, sizeOf, takeLowest, type HashRange } from './hash-range.js';

/** Shares like 1/6 round up; the last of six would miss two positions. That many may be missing: 2.4e-7 of traffic. */
const ROUNDING = 1024;

/**
 * Stretches of a task's position space for an experiment, exclusive with all that others own.
 *
 * Takes the lowest free positions. With `own`, moves as little as possible: growing keeps every position and adds,
 * shrinking keeps the lowest and gives the rest back, an unchanged share changes nothing.
 *
 * @param taken stretches other experiments own
 * @param share fraction of all traffic in (0, 1]
 * @param own   stretches this experiment owns already (not in `taken`)
 * @returns sorted stretches that total round(share · 2^32), or null when not that much is free
 */
export function allocateRanges(
  taken: readonly HashRange[],
  share: number,
  own: readonly HashRange[] = [],
): HashRange[] | null {
  const wanted = Math.round(share * HASH_SPACE);
  if (!(wanted > 0) || wanted > HASH_SPACE) return null;
  const have = sizeOf(own);
  if (wanted <= have) return takeLowest(own, wanted).taken;
  const free = complement([...taken, ...own]);
  const missing = wanted - have - sizeOf(free);
  if (missing > ROUNDING) return null;
  return merged([...own, ...takeLowest(free, wanted - have).taken]);
}

/** Fraction of the space nobody in `taken` owns, in [0, 1]. */
export function freeShare(taken: readonly HashRange[]): number {
  return sizeOf(complement(taken)) / HASH_SPACE;
}
