import { pairMomentsOf } from '../accumulators/pair-moments.js';
import { vectorMomentsOf } from '../accumulators/vector-moments.js';
import type { ArmMoments } from '../verdict/types.js';
import { compareRatios } from './compare-ratios.js';
import { pairedRatios } from './paired-ratios.js';
import { ratioEstimate } from './ratio.js';

const arm = (numerator: number[], denominator: number[]): ArmMoments => {
  const p = pairMomentsOf(numerator, denominator);
  return { n: p.n, ...p.x, denominator: { ...p.y, comoment: p.comoment } };
};

describe('a ratio of totals', () => {
  it('is the plain mean where every unit has one event', () => {
    const cost = [3, 1, 4, 1, 5, 9, 2, 6];
    const ratio = ratioEstimate(
      arm(
        cost,
        cost.map(() => 1),
      ),
    )!;
    expect(ratio.ratio).toBeCloseTo(31 / 8, 12);
    const mean = 31 / 8;
    const variance = cost.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 7;
    expect(ratio.variance).toBeCloseTo(variance, 12);
  });

  it('has no error where the ratio is the same in every unit', () => {
    expect(ratioEstimate(arm([2, 4, 6], [1, 2, 3]))).toMatchObject({ ratio: 2, variance: 0, se: 0 });
  });

  it('counts units, not events: doubling every unit’s events changes nothing', () => {
    const once = ratioEstimate(arm([1, 0, 3, 2], [2, 1, 4, 3]))!;
    const twice = ratioEstimate(arm([2, 0, 6, 4], [4, 2, 8, 6]))!;
    expect(twice.se).toBeCloseTo(once.se, 12);
  });

  it('is undefined without denominators, with one unit, or with events that sum to 0', () => {
    expect(ratioEstimate({ n: 5, mean: 1, m2: 2 })).toBeNull();
    expect(ratioEstimate(arm([1], [2]))).toBeNull();
    expect(ratioEstimate(arm([1, 1], [0, 0]))).toBeNull();
    expect(compareRatios(arm([1, 1], [0, 0]), arm([1, 2], [1, 2]), 0.05)).toEqual({
      absolute: null,
      relative: null,
    });
  });

  it('has a difference but no lift from a control of 0', () => {
    const { absolute, relative } = compareRatios(arm([0, 0, 0], [2, 3, 1]), arm([1, 0, 2], [4, 4, 3]), 0.05);
    expect(absolute!.estimate).toBeCloseTo(3 / 11, 12);
    expect(relative).toBeNull();
  });
});

describe('two ratios of the same units', () => {
  const [costX, askedX] = [
    [3, 5, 1, 8],
    [2, 4, 1, 4],
  ];
  const [costY, askedY] = [
    [4, 3, 2, 6],
    [2, 4, 2, 5],
  ];
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const linearised = (numerator: readonly number[], denominator: readonly number[]): number[] => {
    const ratio = total(numerator) / total(denominator);
    const size = total(denominator) / denominator.length;
    return numerator.map((m, unit) => ratio + (m - ratio * denominator[unit]!) / size);
  };

  it('are pairs of the linearised values of their units', () => {
    const made = pairedRatios(vectorMomentsOf([costX, askedX, costY, askedY]))!;
    const expected = pairMomentsOf(linearised(costX, askedX), linearised(costY, askedY));
    expect(made.n).toBe(4);
    for (const side of ['x', 'y'] as const) {
      expect(made[side].mean).toBeCloseTo(expected[side].mean, 12);
      expect(made[side].m2).toBeCloseTo(expected[side].m2, 12);
    }
    expect(made.comoment).toBeCloseTo(expected.comoment, 12);
  });

  it('have on each side the variance of one ratio', () => {
    const { x, y } = pairedRatios(vectorMomentsOf([costX, askedX, costY, askedY]))!;
    expect(x.m2 / 3).toBeCloseTo(ratioEstimate(arm(costX, askedX))!.variance, 12);
    expect(y.m2 / 3).toBeCloseTo(ratioEstimate(arm(costY, askedY))!.variance, 12);
  });

  it('are undefined without units, with denominators that sum to 0 and beyond the range of doubles', () => {
    expect(pairedRatios(vectorMomentsOf([[], [], [], []]))).toBeNull();
    expect(pairedRatios(vectorMomentsOf([costX, [0, 0, 0, 0], costY, askedY]))).toBeNull();
    const tiny = [1e-300, 1e-300, 1e-300, 2e-300];
    expect(pairedRatios(vectorMomentsOf([costX, tiny, costY, askedY]))).toBeNull();
    expect(() => pairedRatios(vectorMomentsOf([costX, askedX]))).toThrow('four');
  });
});
