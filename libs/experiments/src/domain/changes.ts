import { canonicalJson } from '@app/kernel';
import type { Experiment, ExperimentContent, ExperimentVariant } from './experiment.js';
import { ExperimentError } from './experiment.errors.js';

/** What an edit of a running experiment does. */
export interface RunningChange {
  readonly weights: boolean;
  readonly trafficShare: boolean;
  readonly endAt: boolean;
  /** Keys of exploratory metrics that were added. */
  readonly addedMetrics: readonly string[];
}

const FIELDS: ReadonlyArray<keyof ExperimentContent> = [
  'name',
  'owner',
  'tags',
  'task',
  'environment',
  'hypothesis',
  'template',
  'assignment',
  'audience',
  'prerequisites',
  'overrides',
  'trafficShare',
  'startAt',
  'endAt',
  'dimensions',
  'covariates',
  'variants',
  'metrics',
  'plan',
];

const OPEN_WHILE_RUNNING = new Set<keyof ExperimentContent>(['trafficShare', 'endAt', 'variants', 'metrics']);

/** Fields that an edit really changes: the same value sent back is no change. */
export function changedFields(
  before: ExperimentContent,
  after: ExperimentContent,
): Array<keyof ExperimentContent> {
  return FIELDS.filter((field) => canonicalJson(before[field]) !== canonicalJson(after[field]));
}

/**
 * What an edit does to an experiment that has started.
 *
 * @throws ExperimentError PLAN_IS_FIXED when it touches what was fixed at start
 */
export function runningChange(before: Experiment, after: ExperimentContent): RunningChange {
  if (before.state !== 'running' && before.state !== 'paused') {
    throw fixed(before, `it is ${before.state}`);
  }
  const fields = changedFields(before, after);
  const closed = fields.filter((field) => !OPEN_WHILE_RUNNING.has(field));
  if (closed.length > 0) throw fixed(before, `${closed.join(', ')} cannot change`);
  if (fields.includes('variants') && !sameArms(before.variants, after.variants)) {
    throw fixed(before, 'of its variants only the weights can change');
  }
  return {
    weights: fields.includes('variants'),
    trafficShare: fields.includes('trafficShare'),
    endAt: fields.includes('endAt'),
    addedMetrics: addedMetrics(before, after),
  };
}

function sameArms(before: readonly ExperimentVariant[], after: readonly ExperimentVariant[]): boolean {
  const identity = (variants: readonly ExperimentVariant[]): string =>
    canonicalJson(variants.map(({ key, modelId, control }) => ({ key, modelId, control })));
  return identity(before) === identity(after);
}

function addedMetrics(before: Experiment, after: ExperimentContent): string[] {
  const old = new Map(before.metrics.map((metric) => [metric.metric, canonicalJson(metric)]));
  const kept = after.metrics.filter((metric) => old.has(metric.metric));
  const unchanged = kept.every((metric) => canonicalJson(metric) === old.get(metric.metric));
  if (kept.length < before.metrics.length || !unchanged) {
    throw fixed(before, 'the metrics it started with cannot change');
  }
  const added = after.metrics.filter((metric) => !old.has(metric.metric));
  const deciding = added.find((metric) => metric.role !== 'exploratory');
  if (deciding) {
    throw fixed(before, `${deciding.metric} can only be added as exploratory, not as ${deciding.role}`);
  }
  return added.map((metric) => metric.metric);
}

function fixed(experiment: Experiment, why: string): ExperimentError {
  return new ExperimentError(
    'PLAN_IS_FIXED',
    `${experiment.key} was fixed at its start: ${why}. Weights, trafficShare, endAt and further exploratory metrics may change while it runs; for anything else clone it`,
  );
}
