import {
  analyseLook,
  type ArmMoments,
  type LookInput,
  type MetricEvidence,
  type MetricPlan,
} from '@app/stats';
import { inTurn, type BenchResult } from '../measure.js';

const ARMS = ['old', 'a', 'b', 'c'];
const UNITS = 25_000;

/** A full look: 10 metrics of every kind, 4 variants, covariates, sequences, Holm and sample ratio. */
export function* lookBenches(): Generator<BenchResult> {
  const input = fullLook();
  const stored = JSON.stringify(input);
  const floor = (): number => (JSON.parse(stored) as LookInput).metrics.length;
  const { ours, ratio } = inTurn(() => analyseLook(input).comparisons.length, floor);
  yield {
    name: 'stats/look',
    figure: Number((ours / 1e6).toPrecision(3)),
    unit: 'ms',
    ratio: Number(ratio.toPrecision(3)),
    against: 'JSON.parse of the same sufficient statistics',
    bar: 'median <= 1 ms',
  };
}

function fullLook(): LookInput {
  return {
    plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 4 * UNITS, minDays: 7 },
    arms: ARMS.map((key, i) => ({ key, weight: 1, control: i === 0 })),
    epochs: [1, 2].map((number) => ({
      number,
      weights: Object.fromEntries(ARMS.map((key) => [key, 1])),
      units: Object.fromEntries(ARMS.map((key, i) => [key, UNITS / 2 + 10 * i])),
    })),
    crossing: { units: 12, exposed: 4 * UNITS },
    metrics: PLANS.map(evidence),
    fullDays: 9,
    memory: { harmP: {}, srmP: 1 },
  };
}

const margin = { value: 0.05, type: 'relative', isDefault: true } as const;
const mde = { value: 0.02, type: 'relative' } as const;

const PLANS: readonly MetricPlan[] = [
  { key: 'solved', role: 'success', kind: 'proportion', direction: 'increase', mde },
  { key: 'score', role: 'success', kind: 'mean', direction: 'increase', mde, bounds: [0, 1] },
  { key: 'rating', role: 'success', kind: 'mean', direction: 'increase', mde, bounds: [1, 5] },
  { key: 'cost', role: 'guardrail', kind: 'ratio', direction: 'decrease', margin },
  { key: 'error', role: 'guardrail', kind: 'proportion', direction: 'decrease', margin },
  { key: 'slow', role: 'guardrail', kind: 'proportion', direction: 'decrease', margin },
  { key: 'tokens', role: 'guardrail', kind: 'mean', direction: 'decrease', margin },
  { key: 'requests', role: 'exploratory', kind: 'count', direction: 'none' },
  { key: 'length', role: 'exploratory', kind: 'mean', direction: 'none' },
  { key: 'thumb', role: 'exploratory', kind: 'proportion', direction: 'increase' },
];

function evidence(metric: MetricPlan, index: number): MetricEvidence {
  return {
    metric,
    epochs: [1, 2].map((number) => ({
      number,
      arms: Object.fromEntries(ARMS.map((key, arm) => [key, moments(metric, index, arm + number / 10)])),
    })),
    openUnits: {},
  };
}

function moments({ kind }: MetricPlan, index: number, shift: number): ArmMoments {
  const n = UNITS / 2;
  if (kind === 'proportion') {
    const successes = Math.round(n * (0.05 + 0.04 * index + 0.002 * shift));
    const mean = successes / n;
    return { n, mean, m2: n * mean * (1 - mean), covariate: { mean: 0.4, m2: 0.2 * n, comoment: 0.03 * n } };
  }
  const mean = 0.6 + 0.003 * shift;
  const covariate = { mean: 0.5, m2: 0.08 * n, comoment: 0.05 * n };
  const moments = { n, mean, m2: 0.06 * n, covariate };
  return kind === 'ratio' ? { ...moments, denominator: { mean: 4, m2: 6 * n, comoment: 0.4 * n } } : moments;
}
