import { studentTSf } from '../distributions/student-t.js';
import { noncentralTSf, tPower, tSampleSize } from './t-power.js';

const design = { effectSize: 0.5, ratio: 1, alpha: 0.05 };

describe('power of the t test', () => {
  it('refuses a design without a degree of freedom, an effect of 0, and a power it has for nothing', () => {
    expect(() => tPower(design, 1)).toThrow(/n1/);
    expect(() => tSampleSize({ ...design, effectSize: 0 }, 0.8)).toThrow(/effectSize/);
    expect(() => tSampleSize(design, 0.05)).toThrow(/power/);
    expect(() => noncentralTSf(1, 0, 1)).toThrow(/df/);
  });

  // SciPy 1.17.1 nct.sf
  it.each([
    [2, 3, 1.5, 0.40032373162910706],
    [2, 3.5, -2, 0.0005432871920365949],
    [20, 1000, 19, 0.18186475896592416],
    [2, 1e7, 1, 0.15865529022706282],
    [-1, 2, 1, 0.9579437362562951],
  ])('noncentral t at %d with df %d and noncentrality %d', (t, df, delta, p) => {
    expect(noncentralTSf(t, df, delta) / p).toBeCloseTo(1, 11);
  });

  it('is the central t without an effect', () => {
    expect(noncentralTSf(1.2, 0.5, 0)).toBeCloseTo(studentTSf(1.2, 0.5), 13);
    expect(tPower({ ...design, effectSize: 0 }, 20).bothTails).toBeCloseTo(0.05, 12);
  });

  // Cohen (1988), table 2.3.5: 64 units per arm find d = 0.5 with 80 %.
  it('needs the textbook 64 units, and has the power it was asked for', () => {
    const size = tSampleSize(design, 0.8);
    expect(size.wholeN1).toBe(64);
    expect(tPower(design, size.n1).bothTails).toBeCloseTo(0.8, 10);
    expect(tSampleSize(design, 0.8, false).n1).toBeGreaterThan(size.n1);
  });
});
