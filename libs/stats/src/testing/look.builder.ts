import { momentsOfProportion } from '../accumulators/moments.js';
import type { ArmMoments, LookInput, MetricEvidence, MetricPlan } from '../verdict/types.js';

/** A 0/1 success metric `answered`, higher is better, worth having from 2 points. */
export const successMetric: MetricPlan = {
  key: 'answered',
  role: 'success',
  kind: 'proportion',
  direction: 'increase',
  mde: { value: 0.02, type: 'absolute' },
};

/** A 0/1 guardrail `error`, lower is better, two points allowed. */
export const guardrailMetric: MetricPlan = {
  key: 'error',
  role: 'guardrail',
  kind: 'proportion',
  direction: 'decrease',
  margin: { value: 0.02, type: 'absolute', isDefault: false },
};

/** Evidence of one epoch from successes and units per arm. */
export function proportionEvidence(
  metric: MetricPlan,
  control: readonly [successes: number, units: number],
  treatment: readonly [successes: number, units: number],
): MetricEvidence {
  return evidence(metric, momentsOfProportion(...control), momentsOfProportion(...treatment));
}

/** Evidence of one epoch from moments. */
export function evidence(metric: MetricPlan, control: ArmMoments, treatment: ArmMoments): MetricEvidence {
  return { metric, epochs: [{ number: 1, arms: { old: control, new: treatment } }], openUnits: {} };
}

/** A look of two equal arms, `old` the control and `new`, after two weeks, nothing seen before. */
export function buildLook(over: Partial<LookInput> & Pick<LookInput, 'metrics'>): LookInput {
  const first = over.metrics[0]?.epochs[0]?.arms;
  return {
    plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 20_000, minDays: 7 },
    arms: [
      { key: 'old', weight: 1, control: true },
      { key: 'new', weight: 1, control: false },
    ],
    epochs: [
      {
        number: 1,
        weights: { old: 1, new: 1 },
        units: { old: first?.['old']?.n ?? 0, new: first?.['new']?.n ?? 0 },
      },
    ],
    crossing: { units: 0, exposed: 20_000 },
    fullDays: 14,
    memory: { harmP: {}, srmP: 1 },
    ...over,
  };
}
