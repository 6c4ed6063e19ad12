import { comparisonNStar, type DecisionPlan, type MetricPlan } from '@app/stats';
import type { MetricDefinition } from '@app/registry';
import type { Experiment, ExperimentMetric, FixedAtStart, PinnedMetric, PlanInput } from './experiment.js';
import { controlOf } from './experiment.js';
import { ExperimentError } from './experiment.errors.js';

/** Planned units when neither a person nor a power calculation says a number. */
export const DEFAULT_PLANNED_UNITS = 5000;

/** Margin of a guardrail for which nobody declared one; always printed as the default. */
export const DEFAULT_MARGIN = { value: 0.05, type: 'relative', isDefault: true } as const;

/** A plan with every default resolved. */
export function resolvePlan(input: PlanInput, unitsFromPower: number | null): DecisionPlan {
  return {
    method: input.method ?? 'sequential',
    alpha: input.alpha ?? 0.05,
    power: input.power ?? 0.8,
    plannedUnits: input.plannedUnits ?? unitsFromPower ?? DEFAULT_PLANNED_UNITS,
    minDays: input.minDays ?? 7,
    ...(input.alphaHarm === undefined ? {} : { alphaHarm: input.alphaHarm }),
    ...(input.alphaNonInferiority === undefined ? {} : { alphaNonInferiority: input.alphaNonInferiority }),
  };
}

/** A metric as the analysis uses it, pinned to its version. */
export function pinMetric(metric: ExperimentMetric, definition: MetricDefinition): PinnedMetric {
  const plan: MetricPlan = {
    key: metric.metric,
    role: metric.role,
    kind: definition.kind,
    direction: definition.direction,
    ...(metric.mde ? { mde: metric.mde } : {}),
    ...(metric.role === 'guardrail'
      ? { margin: metric.margin ? { ...metric.margin, isDefault: false } : DEFAULT_MARGIN }
      : {}),
    ...(metric.harmMargin ? { harmMargin: metric.harmMargin } : {}),
    ...(definition.bounds ? { bounds: definition.bounds } : {}),
  };
  return {
    ...plan,
    metricId: definition.id,
    version: definition.version,
    ...(metric.addedAt ? { addedAt: metric.addedAt.toISOString() } : {}),
  };
}

/**
 * Everything that is fixed when an experiment starts.
 *
 * @throws ExperimentError when it cannot start as it is
 */
export function fixAtStart(
  experiment: Experiment,
  definitions: readonly MetricDefinition[],
  settings: { now: Date; unitsFromPower: number | null; lookIntervalSeconds: number },
): FixedAtStart {
  const plan = resolvePlan(experiment.plan, settings.unitsFromPower);
  if (!experiment.metrics.some((metric) => metric.role === 'success')) {
    throw new ExperimentError(
      'SUCCESS_METRIC_MISSING',
      `${experiment.key} has no success metric: nothing could ever show that a variant is better`,
    );
  }
  const { endAt } = experiment;
  if (endAt && endAt.getTime() <= settings.now.getTime()) {
    throw new ExperimentError('END_HAS_PASSED', `it would end at ${endAt.toISOString()}, which has passed`);
  }
  const arms = experiment.variants.map(({ key, modelId, model, weight, control }) => ({
    key,
    modelId,
    model,
    weight,
    control,
  }));
  const control = controlOf(arms);
  return {
    at: settings.now.toISOString(),
    plan,
    arms,
    metrics: experiment.metrics.map((metric, index) => pinMetric(metric, definitions[index]!)),
    nStar: Object.fromEntries(
      arms
        .filter((arm) => !arm.control)
        .map((arm) => [arm.key, comparisonNStar(plan, arms, { control: control.key, treatment: arm.key })]),
    ),
    lookIntervalSeconds: settings.lookIntervalSeconds,
  };
}
