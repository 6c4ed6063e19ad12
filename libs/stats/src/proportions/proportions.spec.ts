import fc from 'fast-check';
import { fisherExact } from './fisher.js';
import { equalProportions } from './k-sample.js';
import { clopperPearsonInterval, clopperPearsonLower, wilsonInterval } from './one-proportion.js';
import { scoreInterval } from './score-interval.js';
import {
  agrestiCaffoInterval,
  newcombeInterval,
  pooledZ,
  unpooledZ,
  waldInterval,
} from './two-proportions.js';

describe('two proportions', () => {
  it('have no z test without variance, but score intervals all the same', () => {
    const none = { x1: 0, n1: 40, x2: 0, n2: 50 };
    expect(pooledZ(none).pTwoSided).toBeNull();
    expect(waldInterval(none, 0.05)).toBeNull();
    expect(equalProportions([0, 0], [40, 50])).toBeNull();
    const [low, high] = newcombeInterval(none, 0.05);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });

  // Newcombe (1998), table II, contrast (a): 56/70 against 48/80; method 10 gives +0.0524 to +0.3339.
  it('reproduce the published example of method 10', () => {
    const [low, high] = newcombeInterval({ x1: 48, n1: 80, x2: 56, n2: 70 }, 0.05);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });

  // SciPy 1.17.1: fisher_exact([[8, 2], [1, 5]]), chi2_contingency([[10, 15], [20, 5]], correction=False).
  it('agree with SciPy on the exact and the chi-squared test', () => {
    expect(fisherExact({ x1: 1, n1: 6, x2: 8, n2: 10 })!.pTwoSided).toBeCloseTo(0.034965034965034975, 12);
    const test = equalProportions([10, 20], [25, 25])!.chiSquare;
    expect(test.statistic).toBeCloseTo(8.333333333333334, 12);
    expect(test.p).toBeCloseTo(0.003892417122778637, 13);
  });

  it('take a table that carries more than its counts', () => {
    const table = { x1: 1, n1: 6, x2: 8, n2: 10, alpha: 0.05, kind: 'twoSample' };
    expect(fisherExact(table)).toEqual(fisherExact({ x1: 1, n1: 6, x2: 8, n2: 10 }));
  });

  it('refuse Fisher where nobody could add the tables up', () => {
    expect(fisherExact({ x1: 3e8, n1: 1e9, x2: 3e8, n2: 1e9 })).toBeNull();
  });

  it('give intervals that hold the difference, lie in [−1, 1] and turn round with the arms', () => {
    const arm = fc
      .integer({ min: 2, max: 400 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(arm, arm, ([x1, n1], [x2, n2]) => {
        const t = { x1, n1, x2, n2 };
        const swapped = { x1: x2, n1: n2, x2: x1, n2: n1 };
        const d = x2 / n2 - x1 / n1;
        for (const method of [
          newcombeInterval,
          (u: typeof t, alpha: number) => scoreInterval(u, alpha, 'miettinen-nurminen'),
          (u: typeof t, alpha: number) => scoreInterval(u, alpha, 'mee'),
        ]) {
          const [low, high] = method(t, 0.05);
          expect(low).toBeLessThanOrEqual(d + 1e-12);
          expect(high).toBeGreaterThanOrEqual(d - 1e-12);
          expect(low).toBeGreaterThanOrEqual(-1 - 1e-12);
          expect(high).toBeLessThanOrEqual(1 + 1e-12);
          const back = method(swapped, 0.05);
          expect(Math.abs(back[0] + high)).toBeLessThan(1e-7);
          expect(Math.abs(back[1] + low)).toBeLessThan(1e-7);
        }
        const [low, high] = agrestiCaffoInterval(t, 0.05);
        expect(low).toBeLessThanOrEqual(high);
        const z = unpooledZ(t);
        if (z.pTwoSided !== null) expect(z.pTwoSided).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('one proportion', () => {
  // Brown, Cai, DasGupta: 0 of n gives an upper end of 1 − (alpha/2)^(1/n) by Clopper and Pearson.
  it('has the closed form at no successes', () => {
    expect(clopperPearsonInterval(0, 20, 0.05)[1]).toBeCloseTo(1 - 0.025 ** (1 / 20), 12);
    expect(clopperPearsonLower(20, 20, 0.05)).toBeCloseTo(0.05 ** (1 / 20), 12);
    expect(wilsonInterval(0, 20, 0.05)[0]).toBe(0);
    expect(wilsonInterval(20, 20, 0.05)[1]).toBe(1);
  });

  it('refuses more successes than trials', () => {
    expect(() => wilsonInterval(3, 2, 0.05)).toThrow(/between 0 and n = 2/);
  });
});
