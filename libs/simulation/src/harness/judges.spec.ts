import { above, allOf, atLeast, atMost, meanWithin, medianAtMost, rateWithin } from './judges.js';
import { Tally } from './tally.js';

/** A tally in which `ones` of `replicates` are 1. */
function tallyOf(ones: number, replicates: number): Tally {
  const values = Array.from({ length: replicates }, (_, i) => (i < ones ? 1 : 0));
  const output = { count: replicates, sum: ones, squares: ones, values };
  return new Tally(['rate'], { replicates, outputs: [output] });
}

describe('judges', () => {
  it('allow a rate three standard errors over its bar and no more', () => {
    // 0.05 + 3 √(0.05 · 0.95 / 10,000) = 0.05654
    expect(atMost('rate', 0.05)(tallyOf(565, 10_000)).pass).toBe(true);
    expect(atMost('rate', 0.05)(tallyOf(566, 10_000)).pass).toBe(false);
    expect(atLeast('rate', 0.95)(tallyOf(9_435, 10_000)).pass).toBe(true);
    expect(atLeast('rate', 0.95)(tallyOf(9_434, 10_000)).pass).toBe(false);
  });

  it('hold a band as it stands from 10,000 replicates on, and widen it below', () => {
    expect(rateWithin('rate', 0.04, 0.06)(tallyOf(600, 10_000)).pass).toBe(true);
    expect(rateWithin('rate', 0.04, 0.06)(tallyOf(601, 10_000)).pass).toBe(false);
    expect(rateWithin('rate', 0.04, 0.06)(tallyOf(399, 10_000)).pass).toBe(false);
    expect(rateWithin('rate', null, 0.06)(tallyOf(0, 10_000)).pass).toBe(true);
    expect(rateWithin('rate', 0.04, 0.06)(tallyOf(12, 100)).pass).toBe(true);
    expect(rateWithin('rate', 0.04, 0.06)(tallyOf(14, 100)).pass).toBe(false);
  });

  it('read means, medians and broken methods', () => {
    expect(meanWithin('rate', 0.4, 0.6)(tallyOf(50, 100)).pass).toBe(true);
    expect(meanWithin('rate', 0.4, 0.6)(tallyOf(65, 100)).pass).toBe(false);
    expect(meanWithin('rate', 0.4, 0.6, 3)(tallyOf(65, 100)).pass).toBe(true);
    expect(medianAtMost('rate', 0)(tallyOf(49, 100)).pass).toBe(true);
    expect(medianAtMost('rate', 0)(tallyOf(51, 100)).pass).toBe(false);
    expect(above('rate', 0.45)(tallyOf(45, 100)).pass).toBe(false);
    expect(above('rate', 0.45)(tallyOf(46, 100)).pass).toBe(true);
    expect(allOf(above('rate', 0.1), above('rate', 0.9))(tallyOf(50, 100))).toEqual({
      figures: { rate: 0.5 },
      band: '> 0.1, > 0.9',
      pass: false,
    });
  });
});
