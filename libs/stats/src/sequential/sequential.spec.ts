import fc from 'fast-check';
import {
  greaterLogP,
  oneSidedRadius,
  tuneOneSided,
  tuneTwoSided,
  twoSidedLogP,
  twoSidedRadius,
} from './asymptotic-cs.js';
import { bernoulliInterval } from './bernoulli-cs.js';
import { labelLogE, labelPrior, labelTheta } from './label-e-process.js';
import { msprt } from './msprt.js';

describe('the asymptotic confidence sequence', () => {
  const rho = tuneTwoSided(0.05, 10_000);

  // Exact ratios to the fixed interval, as the method's paper plots them.
  it.each([
    [10_000, 1.549],
    [5_000, 1.57],
    [20_000, 1.56],
    [1_000, 1.97],
    [200, 3.4],
  ])('at %d units of a planned 10,000 is %d times as wide as the fixed interval', (n, ratio) => {
    expect(twoSidedRadius(n, rho, 0.05) / 1.959963984540054).toBeCloseTo(ratio, n === 200 ? 0 : 1);
  });

  it('has p = alpha exactly where the interval touches the null, on both sides and on one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 1_000_000 }),
        fc.double({ min: 1e-4, max: 0.4, noNaN: true }),
        (n, alpha) => {
          const touch = { estimate: twoSidedRadius(n, rho, alpha), se: 1, n };
          expect(twoSidedLogP(touch, rho)).toBeCloseTo(Math.log(alpha), 8);
          const one = tuneOneSided(0.05, 10_000);
          expect(greaterLogP({ ...touch, estimate: oneSidedRadius(n, one, alpha) }, one)).toBeCloseTo(
            Math.log(alpha),
            7,
          );
        },
      ),
    );
  });

  it('never gives p above 1 and keeps ln p where p underflows', () => {
    expect(twoSidedLogP({ estimate: 0, se: 1, n: 100 }, rho)).toBe(0);
    expect(greaterLogP({ estimate: -3, se: 1, n: 100 }, rho)).toBe(0);
    const sure = greaterLogP({ estimate: 200, se: 1, n: 10_000 }, rho);
    expect(sure).toBeLessThan(-1000);
    expect(Number.isFinite(sure)).toBe(true);
  });

  it('refuses a tuning without planned units', () => {
    expect(() => tuneTwoSided(0.05, 0)).toThrow(/nStar/);
    expect(() => tuneOneSided(0.5, 100)).toThrow(/alpha/);
  });
});

describe('the label e-process', () => {
  it('says nothing before the first event', () => {
    expect(labelLogE({ treatmentEvents: 0, events: 0, theta: 0.05 })).toBe(0);
  });

  it('has expectation at most 1 over the next event at the border of the null', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.nat(40),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        (x, rest, theta) => {
          const now = Math.exp(labelLogE({ treatmentEvents: x, events: x + rest, theta }));
          const prior = labelPrior(theta);
          const hit = Math.exp(labelLogE({ treatmentEvents: x + 1, events: x + rest + 1, theta }, prior));
          const miss = Math.exp(labelLogE({ treatmentEvents: x, events: x + rest + 1, theta }, prior));
          expect(Math.abs((theta * hit + (1 - theta) * miss) / now - 1)).toBeLessThan(1e-8);
        },
      ),
    );
  });

  it('catches a canary that takes most errors on a twentieth of the traffic within eight events', () => {
    const logE = labelLogE({ treatmentEvents: 6, events: 8, theta: labelTheta(0.05) });
    expect(logE).toBeGreaterThan(Math.log(100));
  });

  it('allows for the margin in the null share', () => {
    expect(labelTheta(0.5, 0)).toBe(0.5);
    expect(labelTheta(0.5, 1)).toBeCloseTo(2 / 3, 12);
    expect(labelTheta(0.05, 0.1)).toBeCloseTo(0.055 / 1.005, 12);
  });
});

describe('the Bernoulli sequence', () => {
  it('covers everything before the first observation and keeps an end it cannot exclude', () => {
    expect(bernoulliInterval({ sum: 0, n: 0, alpha: 0.05, tOpt: 100 })).toEqual([0, 1]);
    expect(bernoulliInterval({ sum: 0, n: 50, alpha: 0.05, tOpt: 100 })[0]).toBe(0);
    expect(bernoulliInterval({ sum: 50, n: 50, alpha: 0.05, tOpt: 100 })[1]).toBe(1);
  });

  it('ends where the mixture reaches 1/alpha, after nothing but successes or failures too', () => {
    // The mixture in mpmath 1.3.0 at 40 digits, solved for p.
    const at = (sum: number, n: number) => bernoulliInterval({ sum, n, alpha: 0.05, tOpt: 100 });
    expect(at(50, 50)[0]).toBeCloseTo(0.9070191873944951, 13);
    expect(at(500, 500)[0]).toBeCloseTo(0.993447441973829, 13);
    expect(at(0, 50)[1]).toBeCloseTo(1 - 0.9070191873944951, 13);
  });

  it('mirrors successes and failures and holds the mean', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const sum = Math.round(n * share);
          const [low, high] = bernoulliInterval({ sum, n, alpha: 0.05, tOpt: 500 });
          const mirrored = bernoulliInterval({ sum: n - sum, n, alpha: 0.05, tOpt: 500 });
          expect(low).toBeLessThanOrEqual(sum / n);
          expect(high).toBeGreaterThanOrEqual(sum / n);
          expect(Math.abs(low - (1 - mirrored[1]))).toBeLessThan(1e-9);
          expect(Math.abs(high - (1 - mirrored[0]))).toBeLessThan(1e-9);
        },
      ),
    );
  });
});

describe('mSPRT', () => {
  it('agrees with its own interval at the border', () => {
    const half = msprt({ difference: 0, variance: 0.0004, tau2: 0.0001, alpha: 0.05 })!.ci[1];
    expect(msprt({ difference: half, variance: 0.0004, tau2: 0.0001, alpha: 0.05 })!.p).toBeCloseTo(0.05, 10);
  });

  it('is undefined without variance', () => {
    expect(msprt({ difference: 1, variance: 0, tau2: 0.1, alpha: 0.05 })).toBeNull();
  });
});
