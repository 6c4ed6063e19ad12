import fc from 'fast-check';
import { normalCdf } from '../distributions/normal.js';
import { probBestOfBetas, probBestOfNormals } from './best-arm.js';
import { betaPosterior } from './beta-arm.js';
import { normalEffect } from './normal-effect.js';
import { meanPosterior, probMeanGreater } from './normal-inverse-gamma.js';
import { compareBetas } from './two-betas.js';

describe('two Beta posteriors', () => {
  it('refuses shapes and counts that are none', () => {
    expect(() => compareBetas({ a: 0, b: 1 }, { a: 1, b: 1 }, 0.05)).toThrow(/a must/);
    expect(() => betaPosterior(3, 2)).toThrow(/x must/);
  });

  it('knows two uniform rates: a half, a sixth, and the triangle’s quantiles', () => {
    const same = compareBetas({ a: 1, b: 1 }, { a: 1, b: 1 }, 0.05);
    expect(same.probTreatmentBetter).toBeCloseTo(0.5, 12);
    expect(same.expectedLossTreatment).toBeCloseTo(1 / 6, 12);
    expect(same.differenceCi[0]).toBeCloseTo(Math.sqrt(0.05) - 1, 11);
    // P(Y/X ≤ r) = r/2 below 1 and 1 − 1/(2r) above.
    expect(same.liftCi[0]).toBeCloseTo(0.05 - 1, 11);
    expect(same.liftCi[1]).toBeCloseTo(19, 9);
  });

  // P(Y − X ≤ d) and P(Y/X ≤ r) at 40 digits with mpmath: both are 0.975 here.
  it('keeps its digits where a density ends at 1', () => {
    const few = compareBetas({ a: 2, b: 2 }, { a: 3, b: 1 }, 0.05);
    expect(few.probTreatmentBetter).toBeCloseTo(0.8, 12);
    expect(few.differenceCi[1]).toBeCloseTo(0.7811646899622942, 10);
    expect(few.liftCi[1]).toBeCloseTo(7.192527186872182, 8);
  });

  it('keeps the tail’s log where the probability is 1', () => {
    const sure = compareBetas({ a: 3000, b: 7000 }, { a: 9000, b: 1000 }, 0.05);
    expect(sure.probTreatmentBetter).toBe(1);
    expect(sure.logTail).toBeLessThan(-2000);
    expect(Number.isFinite(sure.logTail)).toBe(true);
  });

  it('mirrors when the arms are swapped, and its losses differ by the difference of means', () => {
    const shape = fc.record({
      a: fc.double({ min: 0.3, max: 300, noNaN: true }),
      b: fc.double({ min: 0.3, max: 300, noNaN: true }),
    });
    fc.assert(
      fc.property(shape, shape, (x, y) => {
        const one = compareBetas(x, y, 0.1);
        const other = compareBetas(y, x, 0.1);
        expect(Math.abs(one.probTreatmentBetter + other.probTreatmentBetter - 1)).toBeLessThan(1e-9);
        expect(Math.abs(one.differenceCi[0] + other.differenceCi[1])).toBeLessThan(1e-8);
        const gap = y.a / (y.a + y.b) - x.a / (x.a + x.b);
        expect(Math.abs(one.expectedLossControl - one.expectedLossTreatment - gap)).toBeLessThan(1e-9);
        expect(one.differenceCi[0]).toBeLessThanOrEqual(one.differenceCi[1]);
        expect(one.liftCi[0]).toBeLessThanOrEqual(one.liftCi[1]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('the best of several arms', () => {
  it('shares out one, evenly among equals, and knows two normals', () => {
    expect(probBestOfBetas([{ a: 3, b: 4 }])).toEqual([1]);
    for (const p of probBestOfBetas(Array.from({ length: 5 }, () => ({ a: 0.5, b: 2 }))))
      expect(p).toBeCloseTo(0.2, 10);
    const two = probBestOfNormals([
      { mean: 0, sd: 3 },
      { mean: 1, sd: 4 },
    ]);
    expect(two[1]).toBeCloseTo(normalCdf(0.2), 12);
    expect(two[0]! + two[1]!).toBeCloseTo(1, 12);
  });
});

it('the best of normals does not depend on where they are', () => {
  const arms = (origin: number) => [0, 0.5, 1].map((mean) => ({ mean: origin + mean, sd: 1 }));
  const [near, far] = [probBestOfNormals(arms(0)), probBestOfNormals(arms(1e9))];
  near.forEach((p, i) => expect(far[i]).toBeCloseTo(p, 6));
  const apart = probBestOfNormals([
    { mean: 0, sd: 1 },
    { mean: 0, sd: 1e-3 },
    { mean: 450, sd: 1 },
  ]);
  expect(apart[2]).toBeCloseTo(1, 10);
});

describe('a normal effect', () => {
  it('is undefined without an error, and the estimate itself under a flat prior', () => {
    expect(normalEffect(1, 0, { prior: null, alpha: 0.05 })).toBeNull();
    expect(normalEffect(1, 2, { prior: null, alpha: 0.05 })).toMatchObject({
      posteriorMean: 1,
      posteriorSd: 2,
    });
  });

  it('halves the estimate under a prior as precise as the data, and turns for lower is better', () => {
    const prior = { mean: 0, variance: 4 };
    const half = normalEffect(1, 2, { prior, alpha: 0.05 })!;
    expect(half.posteriorMean).toBeCloseTo(0.5, 14);
    expect(half.posteriorSd).toBeCloseTo(Math.SQRT2, 14);
    const turned = normalEffect(1, 2, { prior, alpha: 0.05, lowerIsBetter: true })!;
    expect(turned.chanceToWin).toBeCloseTo(1 - half.chanceToWin, 14);
    expect(turned.risk).toEqual([half.risk[1], half.risk[0]]);
    expect(half.risk[0] - half.risk[1]).toBeCloseTo(half.posteriorMean, 12);
  });

  it('keeps a tiny risk’s digits', () => {
    // φ(10) − 10 Φ(−10) at 30 digits.
    expect(normalEffect(10, 1, { prior: null, alpha: 0.05 })!.risk[1] / 7.474560254589328e-25).toBeCloseTo(
      1,
      9,
    );
  });
});

describe('a mean with unknown variance', () => {
  it('is the prior without units, and even for the same data', () => {
    const prior = { m0: 2, k0: 1, a0: 3, b0: 3 };
    expect(meanPosterior({ n: 0, mean: 0, m2: 0 }, prior)).toEqual({ mean: 2, df: 6, scale: 1 });
    const one = meanPosterior({ n: 5, mean: 1, m2: 4 }, prior);
    expect(probMeanGreater(one, one)).toBeCloseTo(0.5, 12);
    // The difference of two Cauchy variables is Cauchy with the sum of the scales.
    const cauchy = probMeanGreater({ mean: 0, df: 1, scale: 1 }, { mean: 3, df: 1, scale: 2 });
    expect(cauchy).toBeCloseTo(0.75, 11);
  });
});
