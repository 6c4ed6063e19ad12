import { momentsOfProportion } from '../accumulators/moments.js';
import { guardrailMetric } from '../testing/look.builder.js';
import { evaluateGuardrail, type GuardrailInput } from './guardrail.js';
import type { ArmMoments, MetricPlan } from './types.js';

const epoch = (moments: ArmMoments, number = 1) => [{ number, moments }];

const judge = (over: Partial<GuardrailInput>) =>
  evaluateGuardrail({
    metric: guardrailMetric,
    control: epoch(momentsOfProportion(500, 10_000)),
    treatment: epoch(momentsOfProportion(500, 10_000)),
    alphaNonInferiority: 0.05,
    harmAlpha: 0.01,
    nStar: 20_000,
    previousHarmP: 1,
    ...over,
  });

describe('a guardrail', () => {
  it('passes when its bound excludes the margin, and asks for fewer units than it has', () => {
    const result = judge({});
    expect(result.outcome).toBe('pass');
    expect(result.nonInferiorityBound).toBeGreaterThan(0);
    expect(result.requiredUnits).toBeLessThan(20_000);
  });

  it('passes at the wide margin of an early stage where the declared one is undecided', () => {
    const few = {
      control: epoch(momentsOfProportion(50, 1000)),
      treatment: epoch(momentsOfProportion(52, 1000)),
      nStar: 2000,
    };
    expect(judge(few).outcome).toBe('undecided');
    expect(judge({ ...few, marginFactor: 5 }).outcome).toBe('pass');
    expect(judge({ ...few, marginFactor: 5 }).margin.value).toBeCloseTo(0.1, 12);
  });

  it('stays proven while the estimate is within the margin, and no longer', () => {
    const few = { control: epoch(momentsOfProportion(50, 1000)), nStar: 2000 };
    const within = { ...few, treatment: epoch(momentsOfProportion(52, 1000)) };
    const beyond = { ...few, treatment: epoch(momentsOfProportion(75, 1000)) };
    expect(judge(within)).toMatchObject({ outcome: 'undecided', proven: 'no' });
    expect(judge({ ...within, provenEarlier: true })).toMatchObject({ outcome: 'pass', proven: 'earlier' });
    expect(judge({ ...beyond, provenEarlier: true })).toMatchObject({ outcome: 'undecided', proven: 'no' });
  });

  it('never widens the harm margin', () => {
    const bad = epoch(momentsOfProportion(1200, 10_000));
    expect(judge({ treatment: bad, marginFactor: 5 }).outcome).toBe('fail');
  });

  it('stays undecided without data: absence of a difference is not a pass', () => {
    const result = judge({ control: [], treatment: [] });
    expect(result.outcome).toBe('undecided');
    expect(result.harmP).toBe(1);
    expect(result.requiredUnits).toBeNull();
  });

  it('catches a collapse of quality within thirty canary units, long before burn-in', () => {
    const quality: MetricPlan = { ...guardrailMetric, key: 'solved', direction: 'increase' };
    const margins = [
      { value: 0.05, type: 'absolute' },
      { value: 0.05, type: 'relative' },
    ] as const;
    for (const margin of margins) {
      const over = {
        metric: { ...quality, margin: { ...margin, isDefault: false } },
        control: epoch(momentsOfProportion(2673, 2970)),
        treatmentShare: { 1: 0.01 },
      };
      expect(judge({ ...over, treatment: epoch(momentsOfProportion(9, 30)) }).outcome).toBe('fail');
      expect(judge({ ...over, treatment: epoch(momentsOfProportion(26, 30)) }).outcome).not.toBe('fail');
    }
  });

  it('catches a burst of errors beyond an absolute margin before burn-in', () => {
    const over = { control: epoch(momentsOfProportion(30, 2970)), treatmentShare: { 1: 0.01 } };
    expect(judge({ ...over, treatment: epoch(momentsOfProportion(12, 24)) }).outcome).toBe('fail');
    expect(judge({ ...over, treatment: epoch(momentsOfProportion(1, 24)) }).outcome).not.toBe('fail');
  });

  it('prints the default margin as such', () => {
    const { margin: _, ...bare } = guardrailMetric;
    expect(judge({ metric: bare }).margin).toEqual({ value: 0.05, type: 'relative', isDefault: true });
  });

  it('refuses a guardrail without a direction', () => {
    expect(() => judge({ metric: { ...guardrailMetric, direction: 'none' } })).toThrow(/no direction/);
  });
});

describe('harm on a canary', () => {
  const relative: MetricPlan = { ...guardrailMetric, harmMargin: { value: 0, type: 'relative' } };

  it('is seen within a handful of errors, long before burn-in, by the exact process', () => {
    const result = judge({
      metric: relative,
      control: epoch(momentsOfProportion(0, 12)),
      treatment: epoch(momentsOfProportion(6, 12)),
      harmControl: epoch(momentsOfProportion(2, 228)),
      treatmentShare: { 1: 0.05 },
    });
    expect(result.outcome).toBe('fail');
    expect(result.burnIn).toBe(true);
  });

  it('is not seen where errors fall by the share of traffic', () => {
    const result = judge({
      metric: relative,
      control: epoch(momentsOfProportion(0, 12)),
      treatment: epoch(momentsOfProportion(1, 12)),
      harmControl: epoch(momentsOfProportion(12, 228)),
      treatmentShare: { 1: 0.05 },
    });
    expect(result.outcome).not.toBe('fail');
  });

  it('is judged on all champion units, non-inferiority on the equal control only', () => {
    const small = {
      control: epoch(momentsOfProportion(30, 600)),
      treatment: epoch(momentsOfProportion(66, 600)),
      nStar: 2000,
    };
    const alone = judge(small);
    const withChampion = judge({ ...small, harmControl: epoch(momentsOfProportion(3000, 60_000)) });
    expect(alone.nonInferiorityBound).toBe(withChampion.nonInferiorityBound);
    expect(withChampion.harmP).toBeLessThan(alone.harmP!);
  });

  it('adds evidence up over epochs with other shares', () => {
    const at = (share: number) =>
      judge({
        metric: relative,
        control: [...epoch(momentsOfProportion(2, 400)), ...epoch(momentsOfProportion(2, 400), 2)],
        treatment: [...epoch(momentsOfProportion(4, 50)), ...epoch(momentsOfProportion(5, 60), 2)],
        treatmentShare: { 1: 0.1, 2: share },
      }).harmP!;
    expect(at(0.1)).toBeLessThan(at(0.5));
  });
});
