import fc from 'fast-check';
import { boundaries, rolloutRanges, splitByWeight } from './boundaries.js';
import { HASH_SPACE } from './hash-range.js';

describe('boundaries', () => {
  it.each([[[]], [[0]], [[0, 0]], [[-1, 2]], [[Number.NaN, 1]], [[Number.POSITIVE_INFINITY, 1]]])(
    'gives no split for the weights %j',
    (weights) => {
      expect(boundaries(weights)).toEqual([]);
    },
  );

  it('gives an arm of weight zero no position, wherever it stands', () => {
    for (const weights of [
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ]) {
      const split = splitByWeight(weights);
      const [from, to] = split[weights.indexOf(0)]!;
      expect(to - from).toBe(0);
      expect(split.reduce((sum, [start, end]) => sum + end - start, 0)).toBe(HASH_SPACE);
    }
  });

  it('does not see the scale of the weights', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 }), (weights) => {
        expect(boundaries(weights.map((weight) => weight * 1024))).toEqual(boundaries(weights));
      }),
    );
  });
});

describe('rolloutRanges', () => {
  it('only adds units to the challenger when the share is raised', () => {
    let last = 0;
    for (const share of [0, 0.001, 0.01, 0.05, 0.25, 0.5, 1]) {
      const { challenger, control } = rolloutRanges(share, Math.min(share, 1 - share));
      expect(challenger[0]).toBe(0);
      expect(challenger[1]).toBeGreaterThanOrEqual(last);
      expect(control[0]).toBeGreaterThanOrEqual(challenger[1]);
      last = challenger[1];
    }
    expect(last).toBe(HASH_SPACE);
  });

  it.each([Number.NaN, -0.5, Number.NEGATIVE_INFINITY])('gives the share %d nobody', (share) => {
    expect(rolloutRanges(share, 0).challenger).toEqual([0, 0]);
  });
});
