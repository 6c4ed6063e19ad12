import {
  beta,
  binomial,
  choleskyOf,
  correlatedNormals,
  equicorrelated,
  exponential,
  gamma,
  geometric,
  logNormal,
  multinomial,
  nextSeed,
  normal,
  ordinal,
  streamOf,
  zeroInflated,
  type Random,
} from './index.js';

const DRAWS = 200_000;

/** Mean and variance of many draws from one stream. */
function momentsOf(draw: (random: Random) => number, name = 'spec'): { mean: number; variance: number } {
  const random = streamOf(1, name, 0);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < DRAWS; i++) {
    const value = draw(random);
    sum += value;
    squares += value * value;
  }
  const mean = sum / DRAWS;
  return { mean, variance: squares / DRAWS - mean * mean };
}

/** Five standard errors: a right sampler misses one expectation in two million. */
function expectMean(draw: (random: Random) => number, mean: number, variance: number): void {
  const got = momentsOf(draw);
  expect(Math.abs(got.mean - mean)).toBeLessThan(5 * Math.sqrt(variance / DRAWS));
  expect(got.variance / variance).toBeGreaterThan(0.93);
  expect(got.variance / variance).toBeLessThan(1.07);
}

describe('streams', () => {
  const first = (seed: number, row: string, replicate: number): number[] => {
    const random = streamOf(seed, row, replicate);
    return [random.bits(), random.bits(), random.bits()];
  };

  it('give the same numbers for the same seed, row and replicate, and others for any other', () => {
    expect(first(1, 'row', 5)).toEqual(first(1, 'row', 5));
    const others = [first(2, 'row', 5), first(1, 'rox', 5), first(1, 'row', 6), first(1 + 2 ** 32, 'row', 5)];
    for (const other of others) expect(other).not.toEqual(first(1, 'row', 5));
  });

  it('of neighbouring replicates are independent: their first normals have variance 1 and do not correlate', () => {
    const firsts = Array.from({ length: 40_000 }, (_, i) => normal(streamOf(3, 'neighbours', i)));
    const mean = firsts.reduce((sum, x) => sum + x, 0) / firsts.length;
    const variance = firsts.reduce((sum, x) => sum + x * x, 0) / firsts.length;
    const lagged = firsts.reduce((sum, x, i) => (i === 0 ? 0 : sum + x * firsts[i - 1]!), 0) / firsts.length;
    expect(Math.abs(mean)).toBeLessThan(5 / 200);
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 40_000));
    expect(Math.abs(lagged)).toBeLessThan(5 / 200);
  });

  it('of the next seed differ from those of the seed', () => {
    expect(nextSeed(1)).not.toBe(1);
    expect(first(nextSeed(1), 'row', 0)).not.toEqual(first(1, 'row', 0));
  });

  it('never give 0 or 1 as a uniform number', () => {
    expectMean((random) => random.uniform(), 0.5, 1 / 12);
    expectMean((random) => random.uniform52(), 0.5, 1 / 12);
    const random = streamOf(1, 'ends', 0);
    for (let i = 0; i < 100_000; i++) {
      const u = i % 2 === 0 ? random.uniform() : random.uniform52();
      expect(u > 0 && u < 1).toBe(true);
    }
  });
});

describe('samplers', () => {
  it('draw what they are named after', () => {
    expectMean(normal, 0, 1);
    expectMean(exponential, 1, 1);
    expectMean((random) => gamma(random, 0.5), 0.5, 0.5);
    expectMean((random) => gamma(random, 7), 7, 7);
    expectMean((random) => beta(random, 5, 2), 5 / 7, 10 / (49 * 8));
    expectMean((random) => logNormal(random, -0.125, 0.5), 1, Math.expm1(0.25));
    expectMean((random) => geometric(random, 0.2), 4, 20);
    expectMean((random) => binomial(random, 1_000, 0.03), 30, 29.1);
    expectMean((random) => binomial(random, 30, 0.9), 27, 2.7);
    expectMean((random) => random.bernoulli(0.01), 0.01, 0.0099);
    expectMean((random) => zeroInflated(random, 0.5, () => 2), 1, 1);
    expectMean((random) => multinomial(random, 100, [0.2, 0.5, 0.3])[1]!, 50, 25);
    expectMean((random) => random.below(6), 2.5, 35 / 12);
  });

  it('reach the tails of the normal as often as they should', () => {
    const random = streamOf(4, 'tails', 0);
    let [beyond2, beyond4] = [0, 0];
    for (let i = 0; i < 2_000_000; i++) {
      const x = Math.abs(normal(random));
      if (x > 2) beyond2++;
      if (x > 4) beyond4++;
    }
    expect(Math.abs(beyond2 / 2e6 - 0.04550026)).toBeLessThan(5 * Math.sqrt(0.0455 / 2e6));
    expect(Math.abs(beyond4 / 2e6 - 6.334e-5)).toBeLessThan(5 * Math.sqrt(6.334e-5 / 2e6));
  });

  it('draw categories with their probabilities', () => {
    const draw = ordinal([0.05, 0.1, 0.2, 0.3, 0.35]);
    expectMean(draw, 3.8, 1.36);
    expectMean((random) => (draw(random) === 1 ? 1 : 0), 0.05, 0.0475);
    expectMean((random) => (draw(random) === 5 ? 1 : 0), 0.35, 0.2275);
  });

  it('correlate normals as asked', () => {
    const out = new Float64Array(3);
    const product = (random: Random): number => {
      const z = equicorrelated(random, 0.5, out);
      return z[0]! * z[2]!;
    };
    expectMean(product, 0.5, 1.25);
    const factor = choleskyOf([
      [4, 1],
      [1, 1],
    ]);
    expectMean((random) => correlatedNormals(random, factor, out)[0]!, 0, 4);
    expectMean(
      (random) => {
        const z = correlatedNormals(random, factor, out);
        return z[0]! * z[1]!;
      },
      1,
      5,
    );
  });
});
