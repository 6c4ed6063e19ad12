import fc from 'fast-check';
import { allocateVariants, type VariantRanges } from './allocate-variants.js';
import { HASH_SPACE, merged, sizeOf } from './hash-range.js';

const arms = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 })
  .chain((keys) =>
    fc.tuple(
      ...keys.map((key) => fc.record({ key: fc.constant(key), weight: fc.integer({ min: 0, max: 100 }) })),
    ),
  )
  .filter((list) => list.some((arm) => arm.weight > 0));

/** Positions that belong to another arm than before. */
function moved(before: readonly VariantRanges[], after: readonly VariantRanges[]): number {
  return after.reduce((sum, arm) => {
    const own = before.find((one) => one.key === arm.key)?.ranges ?? [];
    return sum + sizeOf([...own, ...arm.ranges]) - sizeOf(own);
  }, 0);
}

describe('allocateVariants', () => {
  it('lays arms out one after another at first', () => {
    const split = allocateVariants([
      { key: 'a', weight: 1 },
      { key: 'b', weight: 3 },
    ]);
    expect(split).toEqual([
      { key: 'a', ranges: [[0, HASH_SPACE / 4]] },
      { key: 'b', ranges: [[HASH_SPACE / 4, HASH_SPACE]] },
    ]);
    expect(allocateVariants([{ key: 'a', weight: 0 }])).toEqual([]);
  });

  it('covers the space exactly once after any edit and moves no more positions than the sizes force', () => {
    fc.assert(
      fc.property(arms, arms, (first, second) => {
        const before = allocateVariants(first);
        const after = allocateVariants(second, before);
        expect(merged(after.flatMap((arm) => [...arm.ranges]))).toEqual([[0, HASH_SPACE]]);
        expect(after.reduce((sum, arm) => sum + sizeOf(arm.ranges), 0)).toBe(HASH_SPACE);
        const forced = after.reduce((sum, arm) => {
          const had = sizeOf(before.find((one) => one.key === arm.key)?.ranges ?? []);
          return sum + Math.max(0, sizeOf(arm.ranges) - had);
        }, 0);
        expect(moved(before, after)).toBe(forced);
      }),
    );
  });

  it('moves only the units of an arm that is dropped', () => {
    const before = allocateVariants(['a', 'b', 'c'].map((key) => ({ key, weight: 1 })));
    const after = allocateVariants(
      ['a', 'c'].map((key) => ({ key, weight: 1 })),
      before,
    );
    expect(moved(before, after)).toBe(sizeOf(before[1]!.ranges));
  });
});
