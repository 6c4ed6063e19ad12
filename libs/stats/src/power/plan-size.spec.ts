import { methodInflation } from './inflation.js';
import {
  amountAgainst,
  type Baseline,
  baselineOf,
  effectAt,
  type PlanQuestion,
  unitsForBenefit,
  unitsForNonInferiority,
} from './plan-size.js';

const half: Baseline = { mean: 0.5, variance: 0.25, units: null };
const question: PlanQuestion = {
  control: 1,
  treatments: [1],
  alpha: 0.05,
  power: 0.8,
  successMetrics: 1,
  guardrails: 0,
  alphaNonInferiority: 0.05,
  method: 'sequential',
};

describe('units a question needs', () => {
  it('are those of the textbook’s fixed test times what peeking costs', () => {
    // R: power.t.test(delta = 0.05, sd = 0.5, power = 0.8) is 1570.7 a group by t, 1569.8 by z.
    const units = unitsForBenefit(question, half, 0.05)! / methodInflation('sequential', { power: 0.8 });
    expect(units / (2 * 1569.77)).toBeCloseTo(1, 3);
  });

  it('cost a fixed test nothing for looking, and a group sequential one a few hundredths', () => {
    const fixed = unitsForBenefit({ ...question, method: 'fixed' }, half, 0.05)!;
    expect(fixed).toBeCloseTo(2 * 1569.77, -1);
    const grouped = unitsForBenefit({ ...question, method: 'group-sequential' }, half, 0.05)!;
    expect(grouped / fixed).toBeCloseTo(1.042, 2);
  });

  it('grow with further success metrics, arms, guardrails and uneven splits', () => {
    const base = unitsForBenefit(question, half, 0.05)!;
    for (const harder of [
      { successMetrics: 2 },
      { treatments: [1, 1] },
      { guardrails: 2 },
      { control: 9 },
      { power: 0.9 },
    ]) {
      expect(unitsForBenefit({ ...question, ...harder }, half, 0.05)).toBeGreaterThan(base);
    }
  });

  it('do not count an arm that gets no traffic', () => {
    expect(unitsForBenefit({ ...question, treatments: [1, 0] }, half, 0.05)).toBe(
      unitsForBenefit(question, half, 0.05),
    );
  });

  it('fall when the margin of a guardrail is wider', () => {
    expect(unitsForNonInferiority(question, half, 0.1)!).toBeLessThan(
      unitsForNonInferiority(question, half, 0.05)!,
    );
  });

  it('are unknown for a metric that never varies', () => {
    expect(unitsForBenefit(question, { ...half, variance: 0 }, 0.05)).toBeNull();
    expect(effectAt(question, { ...half, variance: 0 }, 1000)).toBeNull();
  });
});

describe('the effect so many units find', () => {
  it('is the one they were planned for', () => {
    for (const uneven of [question, { ...question, control: 4, treatments: [1, 2], guardrails: 1 }]) {
      const units = unitsForBenefit(uneven, half, 0.03)!;
      expect(effectAt(uneven, half, units)).toBeCloseTo(0.03, 4);
    }
  });
});

describe('a baseline', () => {
  it('is the mean and variance of units', () => {
    expect(baselineOf({ n: 3, mean: 2, m2: 2 })).toEqual({ mean: 2, variance: 1, units: 3 });
    expect(baselineOf({ n: 1, mean: 2, m2: 0 })).toBeNull();
  });

  it('turns a relative amount into the metric’s own unit, unless there is nothing to take a part of', () => {
    expect(amountAgainst({ value: 0.1, type: 'relative' }, { ...half, mean: -4 })).toBeCloseTo(0.4);
    expect(amountAgainst({ value: 0.1, type: 'absolute' }, half)).toBe(0.1);
    expect(amountAgainst({ value: 0.1, type: 'relative' }, { ...half, mean: 0 })).toBeNull();
  });
});
