import fc from 'fast-check';
import { normalIsf } from '../distributions/normal.js';
import { groupSequentialBoundary } from './boundaries.js';
import { groupSequentialDesign } from './design.js';
import { futilityDesign } from './futility.js';
import { spent } from './spending.js';

const even = (k: number): number[] => Array.from({ length: k }, (_, i) => (i + 1) / k);
const plan = { informationRates: even(5), alpha: 0.05, sided: 2 as const };

describe('a group sequential plan where there is little to plan', () => {
  it('is the fixed test with one look', () => {
    const one = groupSequentialDesign({ ...plan, informationRates: [1], type: 'asOF' }, 0.2);
    expect(one.criticalValues[0]).toBeCloseTo(normalIsf(0.025), 10);
    expect(one.inflationFactor).toBeCloseTo(1, 8);
    expect(one.averageSampleNumberRatioH0).toBeCloseTo(1, 8);
  });

  it('refuses looks that do not go forward, and power no design has', () => {
    expect(() => groupSequentialBoundary({ ...plan, type: 'P', informationRates: [] })).toThrow(/increase/);
    expect(() => groupSequentialBoundary({ ...plan, type: 'P', informationRates: [0.5, 0.5] })).toThrow(
      /increase/,
    );
    expect(() => groupSequentialBoundary({ ...plan, type: 'asHSD' })).toThrow(/gamma/);
    expect(() => groupSequentialDesign({ ...plan, type: 'P' }, 0.96)).toThrow(/beta/);
  });

  it('does not stop where nothing is spent', () => {
    const early = groupSequentialBoundary({ ...plan, informationRates: [1e-4, 1], type: 'asOF' });
    expect(early.criticalValues[0]).toBe(Infinity);
    expect(early.criticalValues[1]).toBeCloseTo(normalIsf(0.025), 9);
  });
});

// Jennison, Turnbull (2000), tables 2.1, 2.3, 2.2 and 2.4: two-sided, alpha 0.05, power 0.8.
describe('classical boundaries', () => {
  it.each([
    ['P', 2, 2.178, 1.11],
    ['P', 5, 2.413, 1.229],
    ['OF', 2, 1.977, 1.008],
    ['OF', 5, 2.04, 1.028],
    ['OF', 10, 2.087, 1.04],
  ] as const)('%s with %d looks: constant %d, inflation %d', (type, k, constant, inflation) => {
    const design = groupSequentialDesign({ ...plan, informationRates: even(k), type }, 0.2);
    expect(design.criticalValues.at(-1)).toBeCloseTo(constant, 3);
    expect(design.inflationFactor).toBeCloseTo(inflation, 3);
    expect(design.cumulativeAlphaSpent.at(-1)).toBeCloseTo(0.05, 10);
    expect(design.cumulativePowerAtDrift.at(-1)).toBeCloseTo(0.8, 10);
  });

  it('Wang-Tsiatis runs from one to the other', () => {
    const constant = (type: 'WT' | 'P' | 'OF', delta?: number) =>
      groupSequentialBoundary({ ...plan, type, delta }).criticalValues[0]!;
    expect(constant('WT', 0.5)).toBeCloseTo(constant('P'), 12);
    expect(constant('WT', 0)).toBeCloseTo(constant('OF'), 12);
  });
});

describe('spending', () => {
  it('starts at nothing, ends with all, and spends what is left when information overruns', () => {
    for (const spending of [
      { type: 'asOF' },
      { type: 'asP' },
      { type: 'asHSD', gamma: -4 },
      { type: 'asKD', gamma: 2 },
    ] as const) {
      expect(spent(spending, 0, 0.025)).toBe(0);
      expect(spent(spending, 1, 0.025)).toBe(0.025);
      expect(spent(spending, 1.3, 0.025)).toBe(0.025);
      expect(spent(spending, 0.999999, 0.025)).toBeCloseTo(0.025, 6);
    }
    expect(spent({ type: 'asHSD', gamma: 0 }, 0.3, 0.1)).toBeCloseTo(0.03, 15);
  });

  it('keeps the level whatever the looks', () => {
    const steps = fc.array(fc.double({ min: 0.02, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(steps, (sizes) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        let at = 0;
        const rates = sizes.map((size, i) => (i === sizes.length - 1 ? 1 : (at += size) / total));
        const { criticalValues, paths } = groupSequentialBoundary({
          ...plan,
          informationRates: rates,
          type: 'asP',
        });
        const level = criticalValues.reduce((sum, c, k) => sum + paths.upper(k, c) + paths.lower(k, -c), 0);
        expect(level).toBeCloseTo(0.05, 8);
      }),
      { numRuns: 20 },
    );
  });
});

describe('futility', () => {
  const one = {
    informationRates: even(4),
    alpha: 0.025,
    sided: 1 as const,
    type: 'asOF' as const,
    beta: 0.2,
  };

  it('meets the critical value at the end with the power it was asked for', () => {
    const design = futilityDesign({ ...one, betaSpending: { type: 'asOF' }, binding: false });
    expect(design.futilityBounds).toHaveLength(3);
    expect(design.cumulativeBetaSpent.at(-1)).toBe(0.2);
    design.futilityBounds.forEach((a, k) => expect(a).toBeLessThan(design.criticalValues[k]!));
    expect(design.criticalValues).toEqual(groupSequentialBoundary(one).criticalValues);
  });

  it('costs sample, and gives some back where it binds', () => {
    const free = futilityDesign({ ...one, betaSpending: { type: 'asP' }, binding: false });
    const bound = futilityDesign({ ...one, betaSpending: { type: 'asP' }, binding: true });
    expect(free.inflationFactor).toBeGreaterThan(groupSequentialDesign(one, 0.2).inflationFactor);
    expect(bound.inflationFactor).toBeLessThan(free.inflationFactor);
    expect(() => futilityDesign({ ...one, sided: 2, betaSpending: { type: 'asP' }, binding: true })).toThrow(
      /one-sided/,
    );
  });
});
