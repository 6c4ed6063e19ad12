import { clusteredIndicatorVariance, clusteredQuantile } from './clustered-indicator.js';
import { compareQuantiles } from './compare-quantiles.js';
import {
  quantileIntervalExact,
  quantileIntervalNormal,
  quantileType1,
  quantileType7,
  sortedValues,
} from './one-quantile.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('one quantile', () => {
  it('is undefined without values, and refuses levels and values that are none', () => {
    expect(quantileType1([], 0.5)).toBeNull();
    expect(quantileType7([], 0.5)).toBeNull();
    expect(quantileIntervalExact([], 0.5, 0.05)).toBeNull();
    expect(() => quantileType1([1], 1)).toThrow(/nu/);
    expect(() => sortedValues([1, NaN])).toThrow(/number/);
  });

  it('takes whole ranks as whole: 7 % of 100 is the seventh value', () => {
    expect(quantileType1(upTo(100), 0.07)).toBe(7);
    expect(quantileType1(upTo(100), 0.071)).toBe(8);
    expect(quantileType7(upTo(5), 0.5)).toBe(3);
    expect(quantileType7([1, 2], 0.25)).toBe(1.25);
  });

  // Conover (1999), Practical nonparametric statistics: the median of ten lies between the 2nd and the 9th.
  it('has the textbook interval of a median of ten', () => {
    const exact = quantileIntervalExact(upTo(10), 0.5, 0.05)!;
    expect(exact).toMatchObject({ lowerIndex: 2, upperIndex: 9, ci: [2, 9] });
    expect(exact.coverage).toBeCloseTo(1 - 22 / 1024, 14);
  });

  it('says where there is no such order statistic', () => {
    expect(quantileIntervalExact([4], 0.5, 0.05)).toEqual({
      lowerIndex: null,
      upperIndex: null,
      ci: [null, null],
      coverage: 1,
    });
    expect(quantileIntervalNormal([4], 0.5, 0.05)).toMatchObject({ ci: [4, 4], reliable: false });
    expect(quantileIntervalNormal(upTo(1000), 0.5, 0.05)!.reliable).toBe(true);
  });
});

describe('events nested in units', () => {
  it('has no design effect where every unit has one event, up to n − 1 for n', () => {
    const single = clusteredQuantile(
      upTo(40).map((x) => [x]),
      0.25,
    )!;
    expect(single.designEffect).toBeCloseTo(40 / 39, 12);
  });

  it('grows with units that repeat themselves', () => {
    const repeated = clusteredQuantile(
      upTo(40).map((x) => [x, x, x]),
      0.25,
    )!;
    expect(repeated.designEffect).toBeCloseTo((3 * 40) / 39, 12);
    expect(clusteredIndicatorVariance(repeated)).toBeCloseTo(repeated.clusterVarianceOfIndicatorMean, 14);
  });

  it('is undefined with one unit or no event', () => {
    expect(clusteredQuantile([[1, 2, 3]], 0.5)).toBeNull();
    expect(clusteredQuantile([[], []], 0.5)).toBeNull();
  });
});

describe('two quantiles', () => {
  const arm = { n: 1000, nStar: 1000, quantileHat: 10, quantileLower: 9, quantileUpper: 11 };

  it('is undefined with too few events beyond the quantile or bounds that agree', () => {
    expect(compareQuantiles({ ...arm, n: 70 }, arm, 0.95, 0.05)).toBeNull();
    expect(compareQuantiles(arm, { ...arm, quantileLower: 11 }, 0.5, 0.05)).toBeNull();
    expect(() => compareQuantiles(arm, { ...arm, quantileLower: 12 }, 0.5, 0.05)).toThrow(/quantileUpper/);
  });

  it('reads the error off the interval and turns with the arms', () => {
    const up = compareQuantiles(arm, { ...arm, quantileHat: 12 }, 0.5, 0.05)!;
    const sd = 2 / (2 * 1.959963984540054);
    expect(up.absolute.test.se).toBeCloseTo(sd * Math.sqrt((2 * 999) / 1000), 12);
    const down = compareQuantiles({ ...arm, quantileHat: 12 }, arm, 0.5, 0.05)!;
    expect(down.absolute.estimate).toBe(-up.absolute.estimate);
    expect(down.absolute.test.pTwoSided).toBe(up.absolute.test.pTwoSided);
    expect(compareQuantiles({ ...arm, quantileHat: 0 }, arm, 0.5, 0.05)!.relative).toBeNull();
  });
});
