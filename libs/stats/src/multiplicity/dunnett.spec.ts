import { momentsOf } from '../accumulators/moments.js';
import { studentTSf } from '../distributions/student-t.js';
import { dunnettIsf, dunnettSf, dunnettTest } from './dunnett.js';

describe('Dunnett’s test', () => {
  it('is undefined without variance or a degree of freedom, and refuses to compare nothing', () => {
    expect(dunnettTest(momentsOf([1, 1]), [momentsOf([2, 2])], 0.05)).toBeNull();
    expect(dunnettTest(momentsOf([1]), [momentsOf([2])], 0.05)).toBeNull();
    expect(() => dunnettTest(momentsOf([1, 2]), [], 0.05)).toThrow(/no treatment/);
  });

  it('is Student’s t with one treatment, also far out and with arms of very different sizes', () => {
    for (const [t, n, df] of [
      [2.5, 10, 27],
      [250, 10, 1],
      [25, 1000, 9],
      [12, 1000, 1e6],
      [0.001, 3, 1],
    ] as const)
      expect(dunnettSf(t, 10, [n], df) / (2 * studentTSf(t, df))).toBeCloseTo(1, 11);
    expect(dunnettSf(0, 10, [10, 10], 5)).toBe(1);
  });

  // Dunnett (1964), Biometrics 20, table II: two-sided 5 % points for equal sizes.
  it.each([
    [2, 10, 2.57],
    [3, 10, 2.76],
    [4, 20, 2.65],
    [9, 20, 2.95],
    [4, Infinity, 2.44],
  ])('has the published point of %d treatments with %d degrees of freedom', (k, df, point) => {
    expect(dunnettIsf(0.05, 10, Array<number>(k).fill(10), df)).toBeCloseTo(point, 2);
  });

  it('gives the p-values SciPy 1.17.1 prints', () => {
    const control = momentsOf([1.2, 0.4, 2.2, 1.9, 2.8, 1.1]);
    const test = dunnettTest(control, [momentsOf([1, 2, 3, 4, 2.5]), momentsOf([2, 3, 4, 5.5])], 0.05)!;
    expect(test.t[0]).toBeCloseTo(1.311, 3);
    expect(test.t[1]).toBeCloseTo(2.767, 3);
    expect(test.pAdjusted[0]).toBeCloseTo(0.356, 3);
    expect(test.pAdjusted[1]).toBeCloseTo(0.032, 3);
  });

  it('its critical value is where the adjusted p is alpha', () => {
    const sizes = [5, 40, 12];
    expect(dunnettSf(dunnettIsf(0.01, 20, sizes, 73), 20, sizes, 73)).toBeCloseTo(0.01, 12);
  });
});
