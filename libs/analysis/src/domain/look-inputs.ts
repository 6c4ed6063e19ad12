import type { FixedAtStart, PinnedMetric } from '@app/experiments';
import type { MeasuredMetric, SubjectEvidence } from '@app/metrics';
import type { LookInput, LookMemory, MetricEvidence, MetricPlan } from '@app/stats';

/** What the first look remembers. */
export const NO_MEMORY: LookMemory = { harmP: {}, srmP: 1 };

/**
 * What a look is made from: the plan, arms and metrics as fixed at start, which never change, with what was measured.
 *
 * A metric without evidence stays in, empty: silence is an answer, and not a good one.
 */
export function lookInput(fixed: FixedAtStart, evidence: SubjectEvidence, memory: LookMemory): LookInput {
  const measured = new Map(evidence.metrics.map((metric) => [metric.metricId, metric]));
  return {
    plan: fixed.plan,
    arms: fixed.arms.map(({ key, weight, control }) => ({ key, weight, control })),
    epochs: evidence.epochs,
    crossing: evidence.crossing,
    metrics: fixed.metrics.map((pinned) => metricEvidence(pinned, measured.get(pinned.metricId))),
    fullDays: evidence.fullDays,
    memory,
  };
}

/**
 * The same for one value of a dimension. Every metric is exploratory and nothing is remembered: a breakdown that was
 * looked at because it looked good must never decide.
 */
export function exploratoryInput(fixed: FixedAtStart, evidence: SubjectEvidence): LookInput {
  const input = lookInput(fixed, evidence, NO_MEMORY);
  return {
    ...input,
    metrics: input.metrics.map(({ metric, ...rest }) => ({
      ...rest,
      metric: {
        key: metric.key,
        role: 'exploratory',
        kind: metric.kind,
        direction: metric.direction,
        ...(metric.bounds && { bounds: metric.bounds }),
      },
    })),
  };
}

function metricEvidence(pinned: PinnedMetric, measured: MeasuredMetric | undefined): MetricEvidence {
  return {
    metric: planOf(pinned),
    epochs: measured?.epochs ?? [],
    ...(measured?.quantiles && { quantiles: measured.quantiles }),
    openUnits: measured?.openUnits ?? {},
  };
}

function planOf({ metricId: _id, version: _version, addedAt: _addedAt, ...plan }: PinnedMetric): MetricPlan {
  return plan;
}
