import fc from 'fast-check';
import { kolmogorovSf, kolmogorovSmirnov } from './kolmogorov-smirnov.js';
import { mannWhitney } from './mann-whitney.js';

describe('Mann-Whitney', () => {
  it('is undefined without values, and has no p-value where all are equal', () => {
    expect(mannWhitney([], [1])).toBeNull();
    expect(mannWhitney([2, 2], [2])).toEqual({
      u: 1,
      z: null,
      pAsymptotic: null,
      pAsymptoticNoCc: null,
      pExact: null,
      probabilityOfSuperiority: 0.5,
    });
    expect(() => mannWhitney([NaN], [1])).toThrow(/number/);
  });

  it('counts orders exactly: the most extreme of C(7, 3) = 35 on either side', () => {
    const test = mannWhitney([1, 2, 3], [4, 5, 6, 7])!;
    expect(test.u).toBe(12);
    expect(test.pExact).toBeCloseTo(2 / 35, 14);
  });

  it('mirrors when the arms are swapped', () => {
    const values = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const one = mannWhitney(a, b)!;
        const other = mannWhitney(b, a)!;
        expect(one.u + other.u).toBe(a.length * b.length);
        if (one.pExact === null) expect(other.pExact).toBeNull();
        else expect(Math.abs(one.pExact - other.pExact!)).toBeLessThan(1e-13);
      }),
    );
  });
});

describe('Kolmogorov-Smirnov', () => {
  it('is undefined without values and certain of nothing for equal samples', () => {
    expect(kolmogorovSmirnov([], [1])).toBeNull();
    expect(kolmogorovSmirnov([1, 2], [1, 2])).toEqual({ d: 0, pExact: 1, pAsymptotic: 1 });
  });

  it('counts paths exactly: apart altogether is 2 of C(5, 2) = 10', () => {
    expect(kolmogorovSmirnov([1, 2], [3, 4, 5])!.pExact).toBeCloseTo(0.2, 15);
  });

  // Smirnov (1948), table of L(z): 1 − L at the usual points.
  it.each([
    [1.3581, 0.05],
    [1.6276, 0.01],
    [0.5712, 0.9],
  ])('has the published point %d of its limit', (x, p) => {
    expect(kolmogorovSf(x)).toBeCloseTo(p, 4);
  });

  it('agrees with itself where the two series meet', () => {
    expect(kolmogorovSf(0.8 - 1e-12)).toBeCloseTo(kolmogorovSf(0.8), 10);
  });
});
