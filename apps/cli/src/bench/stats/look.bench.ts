import {
  analyseLook,
  comparisonNStar,
  type ArmMoments,
  type LookInput,
  type LookMemory,
  type MetricEvidence,
  type MetricPlan,
} from '@app/stats';
import { inTurn, type BenchResult } from '../measure.js';

const ARMS = ['old', 'a', 'b', 'c'];
const UNITS = 25_000;
const FULL_DAYS = 9;

/**
 * A full look: 10 metrics of every kind, 4 variants, covariates, sequences, Holm and sample ratio, as the platform calls it:
 * input read back from the JSON it is stored as, N* from the start, the memory of a look on each of the days before.
 */
export function* lookBenches(): Generator<BenchResult> {
  let memory: LookMemory = { harmP: {}, srmP: 1 };
  for (let day = 1; day < FULL_DAYS; day++) memory = analyseLook(fullLook(day, memory)).memory;
  const stored = JSON.stringify(fullLook(FULL_DAYS, memory));
  const read = (): LookInput => JSON.parse(stored) as LookInput;
  const input = read();
  const { ours, ratio } = inTurn(
    () => analyseLook(input).comparisons.length,
    () => read().metrics.length,
  );
  yield {
    name: 'stats/look',
    figure: Number((ours / 1e6).toPrecision(3)),
    unit: 'ms',
    ratio: Number(ratio.toPrecision(3)),
    against: 'JSON.parse of the same sufficient statistics',
    bar: 'median <= 1 ms',
  };
}

const plan = {
  method: 'sequential',
  alpha: 0.05,
  power: 0.8,
  plannedUnits: ARMS.length * UNITS,
  minDays: 7,
} as const;
const arms = ARMS.map((key, i) => ({ key, weight: 1, control: i === 0 }));

/** The look of a day, its units in proportion. */
function fullLook(day: number, memory: LookMemory): LookInput {
  const n = Math.round((UNITS * day) / FULL_DAYS / 2);
  return {
    plan,
    arms,
    epochs: [1, 2].map((number) => ({
      number,
      weights: Object.fromEntries(ARMS.map((key) => [key, 1])),
      units: Object.fromEntries(ARMS.map((key, i) => [key, n + 10 * i])),
    })),
    crossing: { units: 12, exposed: 8 * n },
    metrics: PLANS.map((metric, index) => evidence(metric, index, n)),
    fullDays: day,
    memory,
    nStar: Object.fromEntries(
      ARMS.slice(1).map((key) => [key, comparisonNStar(plan, arms, { control: ARMS[0]!, treatment: key })]),
    ),
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

function evidence(metric: MetricPlan, index: number, n: number): MetricEvidence {
  return {
    metric,
    epochs: [1, 2].map((number) => ({
      number,
      arms: Object.fromEntries(ARMS.map((key, arm) => [key, moments(metric, index, n, arm + number / 10)])),
    })),
    openUnits: {},
  };
}

function moments({ kind }: MetricPlan, index: number, n: number, shift: number): ArmMoments {
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
