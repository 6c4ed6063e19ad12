import type { MetricDefinition } from '@app/registry';
import type { Experiment, ExperimentMetric, ExperimentVariant } from '../domain/experiment.js';

/** Any fixed instant; tests say another when time is what they are about. */
export const BUILT_AT = new Date('2026-01-05T09:00:00.000Z');

export function buildVariant(change: Partial<ExperimentVariant> = {}): ExperimentVariant {
  return {
    key: 'challenger',
    modelId: 'model-large',
    model: 'large@1',
    weight: 1,
    control: false,
    ranges: null,
    ...change,
  };
}

export function buildMetric(change: Partial<ExperimentMetric> = {}): ExperimentMetric {
  return {
    metric: 'quality',
    metricId: 'metric-quality',
    version: 1,
    role: 'success',
    mde: { value: 0.05, type: 'relative' },
    margin: null,
    harmMargin: null,
    addedAt: null,
    ...change,
  };
}

export function buildDefinition(change: Partial<MetricDefinition> = {}): MetricDefinition {
  const key = change.key ?? 'quality';
  return {
    id: `metric-${key}`,
    key,
    version: 1,
    name: key,
    description: null,
    unitLabel: null,
    unitType: null,
    kind: 'mean',
    source: key,
    aggregate: 'mean',
    numerator: null,
    denominator: null,
    quantile: null,
    direction: 'increase',
    transform: 'none',
    threshold: null,
    bounds: null,
    cap: null,
    windowDelayS: 0,
    windowLengthS: null,
    missing: 'exclude',
    covariate: null,
    createdBy: 'ana',
    createdAt: BUILT_AT,
    ...change,
  };
}

/** A draft with two arms and one success metric; a test states only what it is about. */
export function buildExperiment(change: Partial<Experiment> = {}): Experiment {
  return {
    id: '019ab2f0-7c11-7b60-9f7e-3d7d6f1d2a10',
    key: 'reply-large',
    name: 'reply-large',
    owner: null,
    tags: [],
    task: 'support-reply',
    environment: 'production',
    hypothesis: 'Larger is better',
    template: null,
    assignment: 'platform',
    state: 'draft',
    audience: null,
    prerequisites: [],
    overrides: {},
    trafficShare: 1,
    ranges: [],
    startAt: null,
    endAt: null,
    dimensions: [],
    covariates: [],
    variants: [
      buildVariant({ key: 'control', modelId: 'model-small', model: 'small@1', control: true }),
      buildVariant(),
    ],
    metrics: [buildMetric()],
    plan: {},
    fixedAtStart: null,
    conclusion: null,
    clonedFrom: null,
    revision: 1,
    createdBy: 'ana',
    createdAt: BUILT_AT,
    startedAt: null,
    pausedAt: null,
    concludedAt: null,
    ...change,
  };
}
