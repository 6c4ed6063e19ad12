import type { ExperimentResults } from '../client/results.js';
import { compareWithExpected, type Expected } from './compare.js';

const results = {
  experiment: 'e',
  look: { number: 1, at: '2026-01-01T00:00:00Z', inputsDigest: 'd' },
  crossingUnits: 0,
  // Alphabetical, as canonical JSON leaves it: the plan's order is b, a.
  integrity: { srmFixed: { counts: { a: 12, b: 10 }, statistic: 0.1818, df: 1, p: 0.6698 } },
  summaries: { m: { a: { n: 12, mean: 0.5, sd: 0.1 }, b: { n: 10, mean: 0.4, sd: 0.2 } } },
  comparisons: [
    {
      control: 'b',
      treatment: 'a',
      verdict: 'KEEP_RUNNING',
      metrics: [{ metric: 'm', difference: 0.1, se: 0.05, interval999: { lower: -0.1, upper: 0.3 } }],
    },
  ],
} as unknown as ExperimentResults;

const failedOf = (expected: Expected): string[] =>
  compareWithExpected(results, expected, ['b', 'a'])
    .filter((check) => !check.ok)
    .map((check) => check.name);

describe('comparing a replay with what it must give', () => {
  it('reads SRM counts in the order of the plan', () => {
    expect(failedOf({ assignment: 'given', srm: { counts: [10, 12], p: 0.6698 } })).toEqual([]);
    expect(failedOf({ assignment: 'given', srm: { counts: [12, 10], p: 0.6698 } })).toHaveLength(2);
  });

  it('fails a figure that is missing or off by more than the tolerance', () => {
    const arm = (mean: number) => ({ m: { variants: { a: { n: 12, mean, sd: 0.1 } } } });
    expect(failedOf({ assignment: 'given', metrics: arm(0.5 + 1e-10) })).toEqual([]);
    expect(failedOf({ assignment: 'given', metrics: arm(0.5 + 1e-8) })).toEqual(['m · a mean']);
    expect(failedOf({ assignment: 'given', metrics: { other: { variants: { a: { n: 1 } } } } })).toEqual([
      'other · a n',
    ]);
  });

  it('fails when the 99.9 % interval misses the truth, and when a verdict is not allowed', () => {
    const truth = (difference: number): Expected => ({
      assignment: 'platform',
      truth: { m: { variants: {}, differences: { a: difference } } },
    });
    expect(failedOf(truth(0.25))).toEqual([]);
    expect(failedOf(truth(0.35))).toHaveLength(1);
    expect(failedOf({ assignment: 'given', verdicts: { a: ['SHIP'] } })).toEqual(['verdict of a']);
    expect(failedOf({ assignment: 'given', verdicts: { a: ['SHIP', 'KEEP_RUNNING'] } })).toEqual([]);
  });
});
