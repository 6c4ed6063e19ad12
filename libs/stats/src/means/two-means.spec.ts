import { momentsOf } from '../accumulators/moments.js';
import { oneWayAnova } from './one-way-anova.js';
import { compareMeans, nonInferiority, tost } from './two-means.js';

const a = momentsOf([12.1, 9.8, 11.4, 10.2, 13.0, 9.1]);
const b = momentsOf([14.2, 12.8, 15.1, 11.9, 13.3]);

/** Values from SciPy 1.17.1: ttest_ind, f_oneway. */
describe('two means against SciPy', () => {
  it('Welch', () => {
    const test = compareMeans(a, b, 0.05)!;
    expect(test.statistic).toBeCloseTo(3.076779161220377, 12);
    expect(test.df).toBeCloseTo(8.99621166358168, 11);
    expect(test.pTwoSided).toBeCloseTo(0.013215002373537309, 13);
    expect(test.ci[0]).toBeCloseTo(0.6688524662098896, 11);
    expect(test.ci[1]).toBeCloseTo(4.384480867123445, 11);
  });

  it('Student, which is the analysis of variance of two groups', () => {
    const test = compareMeans(a, b, 0.05, 'student')!;
    expect(test.statistic).toBeCloseTo(3.021394050620243, 12);
    expect(test.pTwoSided).toBeCloseTo(0.01444665279077905, 13);
    const anova = oneWayAnova([a, b])!;
    expect(anova.fStatistic).toBeCloseTo(9.128822009123397, 11);
    expect(anova.p).toBeCloseTo(0.014446652790779052, 13);
  });
});

describe('two means where there is no answer', () => {
  it('is undefined with one unit in an arm, and without any variance', () => {
    expect(compareMeans(momentsOf([1]), b, 0.05)).toBeNull();
    expect(compareMeans(momentsOf([2, 2]), momentsOf([3, 3, 3]), 0.05)).toBeNull();
    expect(oneWayAnova([momentsOf([2, 2]), momentsOf([3, 3])])).toBeNull();
  });

  it('keeps its logs where p underflows', () => {
    const test = compareMeans({ n: 1e6, mean: 0, m2: 1e6 }, { n: 1e6, mean: 1, m2: 1e6 }, 0.05, 'z')!;
    expect(test.pTwoSided).toBe(0);
    expect(test.logPTwoSided).toBeLessThan(-240_000);
    expect(Number.isFinite(test.logPTwoSided)).toBe(true);
  });
});

describe('non-inferiority and equivalence', () => {
  it('pass only with room to the margin', () => {
    expect(nonInferiority(-0.01, 0.01, Infinity, 0.05).p).toBeLessThan(0.001);
    expect(nonInferiority(-0.05, 0.01, Infinity, 0.05).p).toBeCloseTo(0.5, 12);
    expect(tost(0, 0.01, Infinity, [-0.05, 0.05]).p).toBeLessThan(0.001);
    expect(tost(0.05, 0.01, Infinity, [-0.05, 0.05]).p).toBeCloseTo(0.5, 12);
  });
});
