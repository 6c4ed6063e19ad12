import type { Experiment, FixedAtStart, PinnedMetric } from '@app/experiments';
import type { MeasuredWorld } from '@app/metrics';
import { comparisonNStar, type DecisionPlan, type MetricKind } from '@app/stats';
import { ARMS, type BenchMetric, METRICS, START, SUBJECT } from './workload.js';

const PLAN: DecisionPlan = {
  method: 'sequential',
  alpha: 0.05,
  power: 0.8,
  plannedUnits: 1_000_000,
  minDays: 7,
};

/** The experiment of the workload as it was fixed at its start. */
export function benchExperiment(world: MeasuredWorld): Experiment {
  const arms = ARMS.map((key, index) => ({
    ...{ key, modelId: key, model: `${key}@1` },
    ...{ weight: 1, control: index === 0 },
  }));
  const fixedAtStart: FixedAtStart = {
    at: START,
    plan: PLAN,
    arms,
    metrics: METRICS.map((metric) => pinned(world, metric)),
    nStar: Object.fromEntries(
      ARMS.slice(1).map((key) => [key, comparisonNStar(PLAN, arms, { control: ARMS[0], treatment: key })]),
    ),
    lookIntervalSeconds: 3600,
  };
  const at = new Date(START);
  return {
    ...{
      id: SUBJECT,
      key: 'bench',
      name: 'Bench',
      owner: null,
      tags: [],
      task: 'support',
      environment: 'production',
    },
    ...{
      hypothesis: 'It is quick',
      template: null,
      assignment: 'platform' as const,
      state: 'running' as const,
      audience: null,
    },
    ...{ prerequisites: [], overrides: {}, trafficShare: 1, ranges: [], startAt: null, endAt: null },
    ...{
      dimensions: ['tier'],
      covariates: ['before'],
      variants: [],
      metrics: [],
      plan: {},
      conclusion: null,
    },
    ...{ clonedFrom: null, revision: 1, createdBy: 'bench', createdAt: at, startedAt: at },
    ...{ pausedAt: null, concludedAt: null, fixedAtStart },
  };
}

function pinned(world: MeasuredWorld, { definition: { key, kind }, role }: BenchMetric): PinnedMetric {
  const measured: MetricKind = kind ?? 'mean';
  return {
    ...{ metricId: world.metricId(key), version: 1, key, role, kind: measured },
    direction: role === 'success' ? 'increase' : 'decrease',
    ...(role === 'success' && { mde: { value: 0.02, type: 'relative' as const } }),
    ...(role === 'guardrail' && { margin: { value: 0.05, type: 'relative' as const, isDefault: true } }),
  };
}
