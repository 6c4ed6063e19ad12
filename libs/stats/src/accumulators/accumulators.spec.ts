import fc from 'fast-check';
import { EMPTY_ARM_MOMENTS, meanGap, mergeArmMoments } from './arm-moments.js';
import {
  addToMoments,
  EMPTY_MOMENTS,
  mergeMoments,
  momentsOf,
  momentsOfProportion,
  sampleVariance,
} from './moments.js';
import { mergePairMoments, pairMomentsOf } from './pair-moments.js';

const near = (got: number, expected: number, scale = Math.abs(expected)): void =>
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-10 * Math.max(scale, 1e-12));

describe('moments', () => {
  it('of nothing have no variance, and of one value none either', () => {
    expect(sampleVariance(momentsOf([]))).toBeNull();
    expect(sampleVariance(momentsOf([3]))).toBeNull();
    expect(momentsOf([])).toEqual(EMPTY_MOMENTS);
  });

  it('keep the variance of small deviations on a large constant', () => {
    // 10⁹ + {0, 1, 2}: Σx² − (Σx)²/n gives 0 here.
    expect(sampleVariance(momentsOf([1e9, 1e9 + 1, 1e9 + 2]))).toBe(1);
    const streamed = [1e9, 1e9 + 1, 1e9 + 2].reduce(addToMoments, EMPTY_MOMENTS);
    near(sampleVariance(streamed)!, 1);
  });

  it('of a proportion are those of its zeros and ones', () => {
    const raw = momentsOf([1, 0, 0, 1, 1, 0, 0]);
    const counted = momentsOfProportion(3, 7);
    near(counted.mean, raw.mean);
    near(counted.m2, raw.m2);
  });

  it('merge to the same in any order and any cut', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.nat(), fc.nat(), (x, i, j) => {
        const [low, high] = [i % x.length, j % x.length].sort((a, b) => a - b) as [number, number];
        const parts = [x.slice(0, low), x.slice(low, high), x.slice(high)].map(momentsOf);
        const whole = momentsOf(x);
        for (const order of [parts, [...parts].reverse(), [parts[1]!, parts[0]!, parts[2]!]]) {
          const merged = order.reduce(mergeMoments, EMPTY_MOMENTS);
          expect(merged.n).toBe(whole.n);
          near(merged.mean, whole.mean, 1e6);
          near(merged.m2, whole.m2, whole.m2 + 1);
        }
      }),
    );
  });
});

describe('pair moments', () => {
  it('carry the covariance through merges', () => {
    const x = [1, 4, 2, 8, 5, 7];
    const y = [2, 3, 1, 9, 4, 8];
    const whole = pairMomentsOf(x, y);
    const merged = mergePairMoments(
      pairMomentsOf(x.slice(0, 2), y.slice(0, 2)),
      pairMomentsOf(x.slice(2), y.slice(2)),
    );
    near(merged.comoment, whole.comoment);
    // Σxy − 6 × 4.5² by hand: 164 − 121.5
    expect(whole.comoment).toBeCloseTo(42.5, 12);
  });

  it('travel with arm moments', () => {
    const arm = (x: number[], y: number[]) => {
      const p = pairMomentsOf(x, y);
      return { n: p.n, ...p.x, denominator: { ...p.y, comoment: p.comoment } };
    };
    const merged = mergeArmMoments(arm([1, 4], [2, 3]), arm([2, 8, 5, 7], [1, 9, 4, 8]));
    near(merged.denominator!.comoment, 42.5);
    expect(mergeArmMoments(EMPTY_ARM_MOMENTS, merged)).toBe(merged);
  });
});

describe('arms merged from many small buckets', () => {
  it('keep the mean and the deviation of small noise on a large offset to 1e-9', () => {
    // Whole numbers of 2^-20 on an offset of 10^9: the plain noise has the exact moments.
    const noise = Array.from({ length: 4000 }, (_, i) => ((i * 7919) % 10_007) / 2 ** 20);
    let merged = EMPTY_ARM_MOMENTS;
    for (let from = 0; from < noise.length; from += 3) {
      const { n, mean, m2 } = momentsOf(noise.slice(from, from + 3));
      const rounded = 1e9 + mean;
      merged = mergeArmMoments(merged, { n, mean: rounded, meanRest: mean - (rounded - 1e9), m2 });
    }
    const exact = momentsOf(noise);
    expect(Math.abs(merged.m2 / exact.m2 - 1)).toBeLessThan(1e-12);
    const gap = meanGap({ n: 1, mean: 1e9, m2: 0 }, merged);
    expect(Math.abs(gap / exact.mean - 1)).toBeLessThan(1e-12);
  });
});
