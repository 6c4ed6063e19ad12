import fc from 'fast-check';
import { integrityReport } from '../verdict/integrity-report.js';
import { srmFixed } from './srm-fixed.js';
import { pFromLogE, srmLogE } from './srm-sequential.js';

describe('the fixed sample-ratio test', () => {
  // SciPy 1.17.1: chisquare([5123, 4877]).
  it('agrees with SciPy', () => {
    const test = srmFixed([5123, 4877], [1, 1]);
    expect(test.statistic).toBeCloseTo(6.0516, 12);
    expect(test.p).toBeCloseTo(0.013893701577248655, 14);
  });

  it('leaves out an arm of weight 0, unless it has units', () => {
    expect(srmFixed([500, 500, 0], [1, 1, 0])).toMatchObject({ df: 1, p: 1 });
    expect(srmFixed([500, 480, 3], [1, 1, 0])).toMatchObject({ p: 0, impossible: true });
  });

  it('has nothing to say with one arm or no units', () => {
    expect(srmFixed([10], [1]).p).toBe(1);
    expect(srmFixed([0, 0], [1, 1]).p).toBe(1);
  });

  it('refuses counts that do not match the weights', () => {
    expect(() => srmFixed([1, 2], [1])).toThrow(/2 counts for 1 weights/);
    expect(() => srmFixed([1, -2], [1, 1])).toThrow(/finite and ≥ 0/);
  });
});

describe('the sequential sample-ratio test', () => {
  it('has expectation 1 over the next unit under the planned split', () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.nat(5000),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (a, b, share) => {
          const weights = [share, 1 - share];
          const now = srmLogE([a, b], weights);
          const next = [srmLogE([a + 1, b], weights), srmLogE([a, b + 1], weights)];
          const mean = share * Math.exp(next[0]! - now) + (1 - share) * Math.exp(next[1]! - now);
          expect(Math.abs(mean - 1)).toBeLessThan(1e-9);
        },
      ),
    );
  });

  it('has that expectation over three arms too', () => {
    const [counts, weights] = [
      [700, 650, 1400],
      [0.25, 0.25, 0.5],
    ];
    const now = srmLogE(counts, weights);
    const mean = weights.reduce((sum, weight, i) => {
      const next = counts.map((units, j) => (i === j ? units + 1 : units));
      return sum + weight * Math.exp(srmLogE(next, weights) - now);
    }, 0);
    expect(mean).toBeCloseTo(1, 9);
    // No units, no evidence; one unit, as expected a priori, none either.
    expect(srmLogE([0, 0, 0], weights)).toBe(0);
    expect(srmLogE([1, 0, 0], weights)).toBeCloseTo(0, 10);
  });

  it('keeps its digits at a billion units', () => {
    // Against the closed form of a tiny step: one more unit changes ln E by ln of the predictive over the planned share.
    const [a, b, c] = [500_100_000, 499_900_000, 10_000];
    const step = srmLogE([a + 1, b], [1, 1]) - srmLogE([a, b], [1, 1]);
    const predictive = (c / 2 + a) / (c + a + b);
    expect(step).toBeCloseTo(Math.log(predictive / 0.5), 8);
  });

  it('catches 51/49 on a 50/50 plan within a hundred thousand units', () => {
    expect(pFromLogE(srmLogE([51_000, 49_000], [1, 1]))).toBeLessThan(0.001);
    expect(pFromLogE(srmLogE([50_100, 49_900], [1, 1]))).toBe(1);
  });
});

describe('the integrity of a look', () => {
  const quiet = { crossing: { units: 0, exposed: 1000 }, previousSrmP: 1 };

  it('multiplies epochs: a ramp that changed weights is no mismatch', () => {
    const epochs = [
      { number: 1, weights: { a: 9, b: 1 }, units: { a: 9000, b: 1000 } },
      { number: 2, weights: { a: 1, b: 1 }, units: { a: 5000, b: 5000 } },
    ];
    const report = integrityReport({ ...quiet, epochs });
    expect(report.valid).toBe(true);
    expect(report.srmFixed).toBeNull();
    const alone = epochs.map((epoch) => integrityReport({ ...quiet, epochs: [epoch] }).srmSequential.logE);
    expect(report.srmSequential.logE).toBeCloseTo(alone[0]! + alone[1]!, 12);
  });

  it('pools counts for people while the weights stay', () => {
    const epochs = [
      { number: 1, weights: { a: 1, b: 1 }, units: { a: 2000, b: 2100 } },
      { number: 2, weights: { a: 2, b: 2 }, units: { a: 3123, b: 2777 } },
    ];
    const { srmFixed: fixed } = integrityReport({ ...quiet, epochs });
    expect(fixed).toMatchObject({ counts: { a: 5123, b: 4877 }, df: 1 });
    expect(fixed!.p).toBeCloseTo(0.013893701577248655, 14);
  });

  it('counts units in an arm of weight 0 as impossible, in figures that JSON can hold', () => {
    const epochs = [{ number: 1, weights: { a: 1, b: 1, c: 0 }, units: { a: 500, b: 500, c: 1 } }];
    const { srmSequential } = integrityReport({ ...quiet, epochs });
    expect(srmSequential).toMatchObject({ p: 0, alarm: true, logE: Number.MAX_VALUE });
  });

  it('never forgets an alarm', () => {
    const epochs = [{ number: 1, weights: { a: 1, b: 1 }, units: { a: 500, b: 500 } }];
    expect(integrityReport({ ...quiet, epochs, previousSrmP: 0.0005 }).valid).toBe(false);
  });

  it('raises crossings only when the share is surely above half a per cent', () => {
    const at = (units: number, exposed: number) =>
      integrityReport({ epochs: [], previousSrmP: 1, crossing: { units, exposed } }).crossing;
    expect(at(60, 10_000).alarm).toBe(false);
    expect(at(70, 10_000).alarm).toBe(true);
    expect(at(0, 0)).toMatchObject({ share: null, lower95: null, alarm: false });
  });
});
