import fc from 'fast-check';
import { studentTIsf } from '../distributions/student-t.js';
import { riemannZeta } from '../special/zeta.js';
import { anytimeCoefficient } from './anytime-regression.js';
import { bettingMartingale, bettingPath } from './betting.js';
import { empiricalBernsteinPath, mixtureEmpiricalBernsteinLower } from './bounded-mean.js';
import { quantileAbP } from './quantile-ab.js';
import {
  betaBinomialBound,
  betaBinomialLogMixture,
  gammaExponentialBound,
  gammaExponentialLogMixture,
  normalLogMixture,
  normalMixtureBound,
  stitchingBound,
} from './uniform-boundaries.js';

describe('uniform boundaries', () => {
  const times = fc.double({ min: 0.01, max: 1e6, noNaN: true });
  const levels = fc.double({ min: 1e-6, max: 0.3, noNaN: true });

  it('are where the mixture reaches 1/alpha', () => {
    fc.assert(
      fc.property(times, levels, fc.boolean(), (v, alpha, oneSided) => {
        const normal = normalMixtureBound(v, alpha, { vOpt: 100, oneSided });
        expect(normalLogMixture(normal, v, { vOpt: 100, oneSided })).toBeCloseTo(-Math.log(alpha), 8);
        const gamma = gammaExponentialBound(v, alpha, { vOpt: 100, c: 0.5 });
        expect(gammaExponentialLogMixture(gamma, v, { vOpt: 100, c: 0.5 })).toBeCloseTo(-Math.log(alpha), 6);
      }),
    );
  });

  it('of sums that have an end stop there', () => {
    const tuning = { vOpt: 30, g: 0.05, h: 0.95 };
    expect(betaBinomialBound(0.001, 0.01, tuning)).toBe(0.001 / 0.05);
    const bound = betaBinomialBound(50, 0.01, tuning);
    expect(betaBinomialLogMixture(bound, 50, tuning)).toBeCloseTo(-Math.log(0.01), 8);
  });

  it('the gamma-exponential mixture has SciPy’s gamma functions’ value, and tends to the normal one', () => {
    expect(gammaExponentialLogMixture(12, 50, { vOpt: 100, c: 0.7 })).toBeCloseTo(0.864799746531105, 10);
    const normal = normalMixtureBound(1000, 0.01, { vOpt: 100, oneSided: true });
    expect(gammaExponentialBound(1000, 0.01, { vOpt: 100, c: 1e-3 })).toBeCloseTo(normal, 0);
  });

  it('stitched, it is flat before vMin and grows like √(v ln ln v) after', () => {
    expect(stitchingBound(1, 0.05, { vMin: 10 })).toBe(stitchingBound(10, 0.05, { vMin: 10 }));
    expect(stitchingBound(1e8, 0.05, { vMin: 10 }) / Math.sqrt(1e8)).toBeLessThan(6);
    // mpmath
    expect(riemannZeta(1.4)).toBeCloseTo(3.10554728, 8);
    expect(riemannZeta(2)).toBeCloseTo(Math.PI ** 2 / 6, 14);
    expect(riemannZeta(1.01)).toBeCloseTo(100.577943338497, 9);
  });

  it('refuse what is no time, level or scale', () => {
    expect(() => normalMixtureBound(-1, 0.05, { vOpt: 1 })).toThrow(/v must/);
    expect(() => normalMixtureBound(1, 0.05, { vOpt: 0 })).toThrow(/vOpt/);
    expect(() => gammaExponentialBound(1, 0.05, { vOpt: 1, c: 0 })).toThrow(/c must/);
  });
});

describe('sequences of a bounded mean', () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });

  it('refuse values outside [0, 1] and are empty of nothing', () => {
    expect(() => empiricalBernsteinPath([2], 0.05)).toThrow(/\[0, 1\]/);
    expect(bettingPath([], 0.05)).toEqual({ lower: [], upper: [] });
  });

  it('are intervals in [0, 1] that mirror with the values', () => {
    fc.assert(
      fc.property(values, (x) => {
        const turned = x.map((value) => 1 - value);
        for (const path of [empiricalBernsteinPath, bettingPath]) {
          const { lower, upper } = path(x, 0.05);
          const mirror = path(turned, 0.05);
          lower.forEach((low, i) => {
            expect(low).toBeGreaterThanOrEqual(0);
            expect(low).toBeLessThanOrEqual(upper[i]!);
            expect(upper[i]).toBeLessThanOrEqual(1);
            expect(Math.abs(low - (1 - mirror.upper[i]!))).toBeLessThan(1e-9);
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('the capital is fair: over the next value it keeps its mean', () => {
    // One side only; from x with the null's mean ¼, next value 1 with probability ¼ and 0 otherwise.
    const past = [0.2, 0.9, 0.4];
    const [up, down, now] = [[...past, 1], [...past, 0], past].map((x) =>
      bettingMartingale(x, 0.25, 0.05, { theta: 1 }).at(-1)!,
    );
    expect(0.25 * up! + 0.75 * down!).toBeCloseTo(now!, 12);
  });

  it('the ends are where the capital is 1/alpha', () => {
    const x = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 1 : 0.5));
    const { lower, upper } = bettingPath(x, 0.05);
    expect(bettingMartingale(x, lower.at(-1)!, 0.05).at(-1)).toBeCloseTo(20, 6);
    expect(bettingMartingale(x, upper.at(-1)!, 0.05).at(-1)).toBeCloseTo(20, 6);
    expect(lower.at(-1)!).toBeLessThan(2 / 3);
    expect(upper.at(-1)!).toBeGreaterThan(2 / 3);
    expect(mixtureEmpiricalBernsteinLower(x, 0.05, 5).at(-1)!).toBeLessThan(2 / 3);
  });
});

describe('quantiles of two arms at any time', () => {
  it('says nothing for equal or empty arms and is sure of arms far apart', () => {
    const some = Array.from({ length: 100 }, (_, i) => i);
    const tuning = { nu: 0.9, tOpt: 100 };
    expect(quantileAbP([], some, tuning)).toBe(1);
    expect(quantileAbP(some, some, tuning)).toBe(1);
    const far = some.map((value) => value + 1000);
    expect(quantileAbP(some, far, tuning)).toBeLessThan(0.01);
    expect(quantileAbP(far, some, tuning)).toBeCloseTo(quantileAbP(some, far, tuning), 12);
  });
});

describe('a regression at any time', () => {
  const at = (t: number) => anytimeCoefficient({ t, n: 200, coefficients: 3, g: 5, alpha: 0.05 });

  it('has p = alpha exactly where its interval touches 0, wider than a fixed one', () => {
    const { tRadius, zRadius } = at(0);
    expect(at(tRadius).logG).toBeCloseTo(Math.log(20), 10);
    expect(at(-tRadius).p).toBeCloseTo(0.05, 12);
    expect(tRadius).toBeGreaterThan(zRadius);
    expect(zRadius).toBeGreaterThan(studentTIsf(0.025, 197));
  });

  it('has no interval with one degree of freedom and too strict a level', () => {
    expect(anytimeCoefficient({ t: 5, n: 3, coefficients: 2, g: 1, alpha: 0.001 }).tRadius).toBe(Infinity);
    expect(() => anytimeCoefficient({ t: 5, n: 2, coefficients: 2, g: 1, alpha: 0.05 })).toThrow(/n must/);
  });
});
