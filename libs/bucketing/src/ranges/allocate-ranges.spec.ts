import fc from 'fast-check';
import { allocateRanges, freeShare } from './allocate-ranges.js';
import { complement, HASH_SPACE, merged, sizeOf, type HashRange } from './hash-range.js';

const share = fc.double({ min: 0.001, max: 1, noNaN: true });
const stretches = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 2 ** 32 })), {
    maxLength: 6,
  })
  .map((pairs) => pairs.map(([a, b]): HashRange => (a < b ? [a, b] : [b, a])));

const overlap = (a: readonly HashRange[], b: readonly HashRange[]): number =>
  sizeOf(a) + sizeOf(b) - sizeOf([...a, ...b]);
const covers = (whole: readonly HashRange[], part: readonly HashRange[]): boolean =>
  overlap(whole, part) === sizeOf(part);

describe('allocateRanges', () => {
  it('gives the whole space for everything and nothing when all is taken', () => {
    expect(allocateRanges([], 1)).toEqual([[0, HASH_SPACE]]);
    expect(allocateRanges([[0, HASH_SPACE]], 0.01)).toBeNull();
    expect(allocateRanges([], 0)).toBeNull();
    expect(allocateRanges([], 1.01)).toBeNull();
    expect(allocateRanges([], Number.NaN)).toBeNull();
  });

  it('fills holes that others left, in several stretches when it must', () => {
    const quarter = HASH_SPACE / 4;
    expect(allocateRanges([[quarter, 2 * quarter]], 0.5)).toEqual([
      [0, quarter],
      [2 * quarter, 3 * quarter],
    ]);
  });

  it.each([3, 6, 7, 11])('fits %i experiments of an equal share although each rounds', (count) => {
    let taken: HashRange[] = [];
    for (let n = 0; n < count; n += 1) taken = [...taken, ...allocateRanges(taken, 1 / count)!];
    expect(freeShare(taken)).toBeLessThan(1e-6);
  });

  it('totals the share and never touches what others own', () => {
    fc.assert(
      fc.property(stretches, share, (taken, wanted) => {
        const given = allocateRanges(taken, wanted);
        const free = sizeOf(complement(taken));
        if (given === null) return free < Math.round(wanted * HASH_SPACE);
        return overlap(taken, given) === 0 && Math.abs(sizeOf(given) - wanted * HASH_SPACE) <= 1024;
      }),
    );
  });

  it('only adds when it grows and only removes when it shrinks', () => {
    fc.assert(
      fc.property(stretches, share, share, (taken, before, after) => {
        const own = allocateRanges(taken, before);
        fc.pre(own !== null);
        const next = allocateRanges(taken, after, own!);
        if (next === null) return after > before;
        return after >= before ? covers(next, own!) : covers(own!, next);
      }),
    );
  });

  it('changes nothing when the share stays', () => {
    fc.assert(
      fc.property(stretches, share, (taken, wanted) => {
        const own = allocateRanges(taken, wanted);
        fc.pre(own !== null);
        expect(allocateRanges(taken, wanted, own!)).toEqual(merged(own!));
      }),
    );
  });
});
