import fc from 'fast-check';
import { momentsOf } from '../accumulators/moments.js';
import { normals } from '../testing/seeded.js';
import { winsorisationThreshold } from './threshold.js';
import { winsorise, winsoriseValue } from './winsorise.js';

const thousand = Array.from({ length: 1000 }, (_, i) => ((i * 7919) % 1000) + 1);

describe('a threshold', () => {
  it('is the pooled p99.9 by default: one of a thousand values lies above', () => {
    const threshold = winsorisationThreshold(thousand, { period: 'first-day' });
    expect(threshold).toEqual({
      lower: null,
      upper: 999,
      source: { n: 1000, period: 'first-day', lowerQuantile: null, upperQuantile: 0.999 },
    });
    expect(winsorise(thousand, threshold).moved).toEqual({ below: 0, above: 1 });
  });

  it('has both sides, or only the lower', () => {
    expect(winsorisationThreshold(thousand, { lower: 0.01, upper: 0.99 })).toMatchObject({
      lower: 11,
      upper: 990,
    });
    expect(winsorisationThreshold(thousand, { lower: 0.01, upper: null }).upper).toBeNull();
  });

  it('moves no more than its quantiles say, and turns around with the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 20, maxLength: 60 }),
        (values) => {
          fc.pre(new Set(values).size > 15);
          const threshold = winsorisationThreshold(values, { lower: 0.05, upper: 0.9 });
          const { moved } = winsorise(values, threshold);
          expect(moved.below).toBeLessThanOrEqual(0.05 * values.length);
          expect(moved.above).toBeLessThanOrEqual(0.1 * values.length + 1e-9);
          const turned = winsorisationThreshold(
            values.map((value) => -value),
            { lower: 1 - 0.9, upper: 0.95 },
          );
          expect([turned.lower! + 0, turned.upper! + 0]).toEqual([
            -threshold.upper! + 0,
            -threshold.lower! + 0,
          ]);
        },
      ),
    );
  });

  it('refuses too few values, quantiles that are none, and ties that leave nothing', () => {
    expect(() => winsorisationThreshold(thousand.slice(1))).toThrow(/999 values, 1000 needed/);
    expect(() => winsorisationThreshold([])).toThrow(expect.objectContaining({ code: 'STATS_SHAPE' }));
    expect(() => winsorisationThreshold(thousand, { upper: 1 })).toThrow(/upper must/);
    expect(() => winsorisationThreshold(thousand, { upper: 0.5, lower: 0.5 })).toThrow(/lower must/);
    expect(() => winsorisationThreshold(thousand, { upper: null })).toThrow(/upper must/);
    expect(() => winsorisationThreshold([...thousand, NaN])).toThrow(/value must/);
    const zeros = Array.from({ length: 2000 }, (_, i) => (i === 0 ? 8 : 0));
    expect(() => winsorisationThreshold(zeros)).toThrow(/nearly all values are equal/);
    expect(winsorisationThreshold(zeros.slice(1)).upper).toBe(0);
  });
});

describe('winsorised values', () => {
  it('keep their order, their number and what lies at the limits', () => {
    const done = winsorise([5, -3, 2, 9, 0], { lower: 0, upper: 5 });
    expect(done).toEqual({ values: [5, 0, 2, 5, 0], n: 5, moved: { below: 1, above: 1 }, share: 0.4 });
    expect(winsorise(done.values, { lower: 0, upper: 5 }).moved).toEqual({ below: 0, above: 0 });
    expect(winsorise([], { lower: 0, upper: 5 }).share).toBeNull();
    expect(winsoriseValue(9, { lower: null, upper: 5 })).toBe(5);
    expect(() => winsorise([1], { lower: 2, upper: 1 })).toThrow(/lower must/);
    expect(() => winsoriseValue(Infinity, { lower: null, upper: 1 })).toThrow(/value must/);
  });

  it('vary far less where the tail is heavy', () => {
    const normal = normals(11);
    const cost = (): number[] => Array.from({ length: 5000 }, () => Math.exp(2 * normal()));
    const threshold = winsorisationThreshold(cost(), { upper: 0.99, period: 'pre-period' });
    const raw = cost();
    const { values, share } = winsorise(raw, threshold);
    expect(momentsOf(values).m2 / momentsOf(raw).m2).toBeLessThan(0.5);
    expect(Math.abs(share! - 0.01)).toBeLessThan(0.005);
  });
});
