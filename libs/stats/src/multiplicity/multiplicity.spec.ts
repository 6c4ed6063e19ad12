import fc from 'fast-check';
import { adjustPValues, holmSteps, type AdjustMethod } from './adjust.js';
import { eBonferroni, ebh, pToE } from './e-values.js';

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
const METHODS: AdjustMethod[] = [
  'bonferroni',
  'sidak',
  'holm',
  'holmSidak',
  'hochberg',
  'hommel',
  'bh',
  'by',
];

describe('adjusted p-values', () => {
  it('of no hypotheses are none', () => {
    expect(adjustPValues([], 'holm')).toEqual([]);
    expect(ebh([], 0.05)).toEqual({ rejections: 0, reject: [] });
  });

  // Worked by hand from the definitions; bh also by SciPy 1.17.1 false_discovery_control.
  it.each<[AdjustMethod, number[]]>([
    ['holm', [0.04, 0.06, 0.06, 0.5]],
    ['bh', [0.04, 0.04, 0.04, 0.5]],
    ['hochberg', [0.04, 0.06, 0.06, 0.5]],
    ['bonferroni', [0.04, 0.08, 0.12, 1]],
  ])('%s of four p-values', (method, expected) => {
    adjustPValues([0.01, 0.02, 0.03, 0.5], method).forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 12));
  });

  it('never fall below the raw ones, keep their order and stay within 1', () => {
    fc.assert(
      fc.property(pValues, fc.constantFrom(...METHODS), (p, method) => {
        const adjusted = adjustPValues(p, method);
        p.forEach((raw, i) => {
          expect(adjusted[i]!).toBeGreaterThanOrEqual(raw - 1e-15);
          expect(adjusted[i]!).toBeLessThanOrEqual(1);
          p.forEach(
            (other, j) => raw < other && expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]! + 1e-15),
          );
        });
      }),
    );
  });

  it('of Hommel reject no less than those of Holm', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const [holm, hommel] = [adjustPValues(p, 'holm'), adjustPValues(p, 'hommel')];
        holm.forEach((value, i) => expect(hommel[i]!).toBeLessThanOrEqual(value + 1e-12));
      }),
    );
  });
});

describe("Holm's steps", () => {
  it('give a level at which exactly the rejected hypotheses are significant', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        holmSteps(p, 0.05).forEach(({ level, rejected }, i) => expect(p[i]! <= level).toBe(rejected));
      }),
    );
  });

  it('stop at the first that fails, however small the next', () => {
    expect(holmSteps([0.03, 0.02, 0.001], 0.05).map((step) => step.rejected)).toEqual([true, true, true]);
    expect(holmSteps([0.04, 0.03, 0.001], 0.05).map((step) => step.rejected)).toEqual([false, false, true]);
  });
});

describe('e-values', () => {
  it('reject the k largest when the k-th reaches m/(alpha k)', () => {
    expect(ebh([100, 50, 45, 1], 0.05)).toEqual({ rejections: 3, reject: [true, true, true, false] });
    expect(eBonferroni([100, 50, 45, 1], 0.05)).toEqual([true, false, false, false]);
    expect(ebh([Infinity, 0], 0.05).reject).toEqual([true, false]);
  });

  it('come from p-values by the square-root calibrator', () => {
    expect(pToE(0.0001)).toBeCloseTo(50, 10);
    expect(pToE(1)).toBe(0.5);
  });
});
