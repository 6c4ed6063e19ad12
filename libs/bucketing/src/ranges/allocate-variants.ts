import { splitByWeight } from './boundaries.js';
import { merged, sizeOf, takeLowest, type HashRange } from './hash-range.js';

/** An arm's stretches of its experiment's variant space. */
export interface VariantRanges {
  readonly key: string;
  readonly ranges: readonly HashRange[];
}

/**
 * Divides the variant space of an experiment among its arms.
 *
 * Without `current` the arms follow one another by weight. With it, as few units move as can be: an arm that shrinks
 * gives away its highest positions, an arm that is dropped all of its own, and only arms that grow take them. No unit
 * moves between two arms that both keep their size.
 *
 * @param arms    arms with relative weights, at least one positive
 * @param current how the space is divided now; must cover it
 * @returns stretches per arm that cover the space exactly once; empty when the weights give no split
 */
export function allocateVariants(
  arms: ReadonlyArray<{ readonly key: string; readonly weight: number }>,
  current?: readonly VariantRanges[],
): VariantRanges[] {
  const fresh = splitByWeight(arms.map((arm) => arm.weight));
  if (fresh.length === 0) return [];
  if (!current) return arms.map((arm, index) => ({ key: arm.key, ranges: merged([fresh[index]!]) }));

  const before = new Map(current.map((arm) => [arm.key, arm.ranges]));
  const kept = arms.map((arm, index) => {
    const size = sizeOf([fresh[index]!]);
    return { key: arm.key, size, ...takeLowest(before.get(arm.key) ?? [], size) };
  });
  const stays = new Set(arms.map((arm) => arm.key));
  let released: HashRange[] = [
    ...kept.flatMap((arm) => arm.left),
    ...current.filter((arm) => !stays.has(arm.key)).flatMap((arm) => [...arm.ranges]),
  ];
  return kept.map((arm) => {
    const more = takeLowest(released, arm.size - sizeOf(arm.taken));
    released = more.left;
    return { key: arm.key, ranges: merged([...arm.taken, ...more.taken]) };
  });
}
