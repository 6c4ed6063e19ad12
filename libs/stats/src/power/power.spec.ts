import { sequentialInflation } from './inflation.js';
import { meansMde, meansPower, meansSampleSize, nonInferioritySampleSize } from './means-power.js';
import {
  arcsineSampleSize,
  nonInferiorityRatesSampleSize,
  pooledPower,
  pooledSampleSize,
} from './proportions-power.js';

const design = { var1: 1, var2: 1, ratio: 1, alpha: 0.05, sides: 2 as const };

describe('power', () => {
  // The textbook rule: 16 σ²/δ² per arm at 80 %, more exactly 15.698.
  it('knows the textbook number of units', () => {
    expect(meansSampleSize(design, 0.5, 0.8).n1).toBeCloseTo(15.6977596 / 0.25, 4);
    expect(meansSampleSize(design, 0.5, 0.8).wholeN1).toBe(63);
  });

  it('gives the power it was asked for at that size, and the effect back', () => {
    const { n1 } = meansSampleSize(design, 0.1, 0.8);
    expect(meansPower(design, 0.1, n1).power).toBeCloseTo(0.8, 12);
    expect(meansMde(design, 0.8, n1)).toBeCloseTo(0.1, 12);
    const proportions = { p1: 0.1, p2: 0.13, alpha: 0.05, sides: 2 as const };
    expect(pooledPower(proportions, pooledSampleSize(proportions, 0.9))).toBeCloseTo(0.9, 12);
    expect(arcsineSampleSize(proportions, 0.9) / pooledSampleSize(proportions, 0.9)).toBeCloseTo(1, 1);
  });

  it('has the level as power where there is no effect, however small the variance', () => {
    const tiny = { ...design, var1: 5e-324, var2: 0 };
    expect(meansPower(tiny, 0, 1e6).bothTails).toBeCloseTo(0.05, 12);
    expect(meansPower(tiny, 1e-150, 1e6).power).toBe(1);
  });

  it('needs more where the split is uneven', () => {
    const even = meansSampleSize(design, 0.1, 0.8);
    const uneven = meansSampleSize({ ...design, ratio: 1 / 9 }, 0.1, 0.8);
    expect(uneven.n1 + uneven.n2).toBeGreaterThan(2 * (even.n1 + even.n2));
  });

  it('proves non-inferiority sooner with a wider margin, and never without room', () => {
    const narrow = nonInferioritySampleSize(design, 0, 0.05, 0.8).n1;
    expect(nonInferioritySampleSize(design, 0, 0.1, 0.8).n1).toBeCloseTo(narrow / 4, 8);
    expect(() => nonInferioritySampleSize(design, -0.1, 0.05, 0.8)).toThrow(/positive/);
    const rates = nonInferiorityRatesSampleSize({ p1: 0.5, p2: 0.5, alpha: 0.025, ratio: 1 }, 0.05, 0.8);
    expect(rates.restrictedP1 - rates.restrictedP2).toBeCloseTo(0.05, 12);
  });

  it('refuses an effect of nothing', () => {
    expect(() => meansSampleSize(design, 0, 0.8)).toThrow(/delta/);
    expect(() => pooledSampleSize({ p1: 0.1, p2: 0.1, alpha: 0.05, sides: 2 }, 0.8)).toThrow(
      /different from p1/,
    );
  });

  it('knows the price of looking at any time', () => {
    expect(sequentialInflation({ power: 0.8 })).toBeCloseTo(1.65, 2);
    expect(sequentialInflation({ power: 0.9 })).toBeCloseTo(1.57, 2);
  });
});
