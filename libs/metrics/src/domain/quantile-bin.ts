/** Each bin of an unbounded metric ends this many times further from 0 than the one before. */
export const STEP = 1.01;

/** Where the bins (1.01⁻¹, 1] and so on begin to count; mirrored below 0. */
export const FIRST_POSITIVE_BIN = 10_000;

/** Steps to either side of 1: from 5·10⁻³¹ to 2·10³⁰; what lies beyond is in the last bin. */
export const MOST_STEPS = 7_000;

/** Equal bins of a metric with declared bounds; bin 0 is what lies at the lower bound or below it. */
export const BINS_BETWEEN_BOUNDS = 1_000;

/**
 * The stretch (lower, upper] a bin stands for; a single point where both are the same.
 *
 * Bins are fixed for ever: counts of different days, shards and arms can only be added because nobody chose the bins by
 * looking at the data.
 *
 * @param bin    as stored; larger bins hold larger values
 * @param bounds declared bounds of the metric; null: bins grow by one percent
 */
export function binEdges(bin: number, bounds: readonly [number, number] | null): readonly [number, number] {
  if (bounds) {
    const [low, high] = bounds;
    const edge = (at: number): number => low + ((high - low) * at) / BINS_BETWEEN_BOUNDS;
    return bin <= 0 ? [low, low] : [edge(bin - 1), edge(bin)];
  }
  if (bin === 0) return [0, 0];
  const step = Math.abs(bin) - FIRST_POSITIVE_BIN;
  const [near, far] = [STEP ** (step - 1), STEP ** step];
  return bin > 0 ? [near, far] : [-far, -near];
}
