import fc from 'fast-check';
import { StatsError } from '../stats-error.js';
import * as d from './index.js';

/** Relative distance, so that deep tails count as much as the middle. */
const off = (got: number, expected: number): number => Math.abs(got - expected) / Math.abs(expected);

describe('distributions at the edges of their domains', () => {
  it('give 0 and 1 at the ends of the support', () => {
    expect(d.gammaCdf(0, 2, 1)).toBe(0);
    expect(d.gammaSf(0, 2, 1)).toBe(1);
    expect(d.betaCdf(0, 2, 3)).toBe(0);
    expect(d.betaSf(1, 2, 3)).toBe(0);
    expect(d.fCdf(0, 2, 3)).toBe(0);
    expect(d.binomialCdf(-1, 5, 0.5)).toBe(0);
    expect(d.binomialSf(5, 5, 0.5)).toBe(0);
    expect(d.binomialCdf(3, 5, 0)).toBe(1);
    expect(d.binomialCdf(3, 5, 1)).toBe(0);
  });

  it('give the ends of the support as quantiles of 0 and 1', () => {
    expect(d.normalQuantile(0)).toBe(-Infinity);
    expect(d.normalQuantile(1)).toBe(Infinity);
    expect(d.studentTQuantile(0, 3)).toBe(-Infinity);
    expect(d.chiSquaredQuantile(1, 3)).toBe(Infinity);
    expect(d.betaQuantile(0, 2, 3)).toBe(0);
    expect(d.betaQuantile(1, 2, 3)).toBe(1);
    expect(d.binomialQuantile(0, 10, 0.3)).toBe(0);
    expect(d.binomialQuantile(1, 10, 0.3)).toBe(10);
  });

  it('stay finite and right where squares overflow', () => {
    // Cauchy: P(T > t) = 1/(π t) far out.
    expect(off(d.studentTSf(1e200, 1), 1 / (Math.PI * 1e200))).toBeLessThan(1e-13);
    expect(off(d.studentTQuantile(1e-200, 1), -1e200 / Math.PI)).toBeLessThan(1e-12);
    expect(d.studentTSf(Infinity, 3)).toBe(0);
    expect(d.studentTCdf(Infinity, 3)).toBe(1);
  });

  it('find quantiles of upper tails far out, where a step too far loses every digit', () => {
    expect(off(d.chiSquaredSf(d.chiSquaredIsf(2e-111, 1), 1), 2e-111)).toBeLessThan(1e-11);
    expect(off(d.gammaCdf(1e-310, 0.3), Math.exp(0.3 * Math.log(1e-310) + 0.108))).toBeLessThan(1e-2);
  });

  it('refuse what is no probability and no parameter', () => {
    expect(() => d.normalQuantile(1.01)).toThrow(StatsError);
    expect(() => d.studentTSf(1, 0)).toThrow(/df must be at least/);
    expect(() => d.gammaCdf(1, -1)).toThrow(/shape/);
    expect(() => d.betaCdf(0.5, 0, 1)).toThrow(/a must be in/);
    expect(() => d.binomialCdf(1, 2.5, 0.5)).toThrow(/whole number/);
  });
});

/** Values from mpmath 1.3.0 at 40 digits: betainc, gammainc, erfc. */
describe('distributions against 40-digit values', () => {
  it.each([
    ['t sf(2.5; 7)', d.studentTSf(2.5, 7), 0.020496109292876448],
    ['t sf(15; 60)', d.studentTSf(15, 60), 2.875404000451222e-22],
    ['t sf(0.1; 2.5)', d.studentTSf(0.1, 2.5), 0.46390327203124479],
    ['t log sf(200; 45)', d.studentTLogSf(200, 45), -155.6269603748638],
    ['χ² sf(12.5; 4)', d.chiSquaredSf(12.5, 4), 0.013995792487650892],
    ['χ² sf(900; 30)', d.chiSquaredSf(900, 30), 6.1058225128508825e-170],
    ['χ² sf(0.02; 1)', d.chiSquaredSf(0.02, 1), 0.88753708398171511],
    ['χ² log sf(5000; 7)', d.chiSquaredLogSf(5000, 7), -2481.639858475353],
    ['beta cdf(0.3; 2.5, 4)', d.betaCdf(0.3, 2.5, 4), 0.35219758590676721],
    ['beta sf(0.45; 400, 600)', d.betaSf(0.45, 400, 600), 0.00069859006129770581],
    ['beta cdf(1e-6; 0.2, 7)', d.betaCdf(1e-6, 0.2, 7), 0.10024559502005359],
    ['normal sf(7)', d.normalSf(7), 1.279812543885835e-12],
    ['normal log sf(60)', d.normalLogSf(60), -1805.0135606805671],
  ])('%s', (_, got, expected) => expect(off(got, expected)).toBeLessThan(1e-13));
});

/** Values from mpmath 1.3.0, solved at 40 digits; each pair lies on either side of where the expansion takes over. */
describe('t quantiles of many degrees', () => {
  it.each([
    [0.025, 500, 1.96471983746736777],
    [0.025, 499.5, 1.96472460943458963],
    [0.0005, 1500, 3.297024849045952],
    [0.0005, 1300, 3.2980266272486216],
    [1e-9, 4700.5, 6.0096215184395305],
    [1e-9, 4600, 6.0098800857783722],
    [0.3, 52_344.25, 0.52440370604708587],
  ])('%s of %s', (q, df, expected) => expect(off(d.studentTIsf(q, df), expected)).toBeLessThan(2e-15));
});

/** Values from SciPy 1.17.1 (ppf, cdf, sf). */
describe('quantiles against SciPy', () => {
  it.each([
    ['normal', d.normalQuantile(1e-20), -9.262340089798409],
    ['t', d.studentTQuantile(0.99, 6.5), 3.063365510660112],
    ['χ²', d.chiSquaredQuantile(0.9, 12), 18.54934778670325],
    ['beta', d.betaQuantile(0.05, 3, 17), 0.04446484244557773],
    ['gamma', d.gammaQuantile(0.3, 4.2, 2), 5.872712459873455],
    ['F', d.fQuantile(0.95, 3, 40), 2.8387453980206403],
    ['binomial cdf', d.binomialCdf(7, 20, 0.3), 0.7722717974181608],
    ['binomial quantile', d.binomialQuantile(0.9, 50, 0.4), 24],
  ])('%s', (_, got, expected) => expect(off(got, expected)).toBeLessThan(1e-12));
});

describe('properties of the distributions', () => {
  const shape = fc.double({ min: 0.05, max: 1e6, noNaN: true });
  const share = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });

  it('both tails are probabilities and add up to 1', () => {
    fc.assert(
      fc.property(shape, shape, share, (a, b, x) => {
        const [low, high] = [d.betaCdf(x, a, b), d.betaSf(x, a, b)];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeGreaterThanOrEqual(0);
        expect(Math.abs(low + high - 1)).toBeLessThan(1e-12);
      }),
    );
  });

  it('a quantile carries its probability back', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-200, max: 0.5, noNaN: true }),
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        (p, df) => {
          expect(off(d.studentTSf(d.studentTIsf(p, df), df), p)).toBeLessThan(1e-9);
          expect(off(d.chiSquaredSf(d.chiSquaredIsf(p, df), df), p)).toBeLessThan(1e-9);
          expect(off(d.normalSf(d.normalIsf(p)), p)).toBeLessThan(1e-10);
        },
      ),
    );
  });

  it('t is symmetric and goes over to the normal', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (t) => {
        expect(d.studentTCdf(t, 9)).toBe(d.studentTSf(-t, 9));
        expect(Math.abs(d.studentTLogSf(t, 1e14) - d.normalLogSf(t))).toBeLessThan(1e-9 * (1 + t * t));
      }),
    );
  });

  it('agrees with itself where distributions meet: t² is F, χ² with 2 degrees is exponential', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 50, noNaN: true }), (x) => {
        expect(off(d.fSf(x * x, 1, 12), 2 * d.studentTSf(x, 12))).toBeLessThan(1e-12);
        expect(off(d.chiSquaredSf(2 * x, 2), Math.exp(-x))).toBeLessThan(1e-12);
      }),
    );
  });
});
