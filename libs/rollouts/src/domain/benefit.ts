import type { RampMetric, RampPlan } from './ramp-plan.js';

/**
 * The success metrics whose proven benefit may promote. "Quality up" takes any of them; "cost down" and "latency down"
 * want something to have become less, while quality, being a guardrail too, has to be non-inferior. An emergency is
 * promoted by a person.
 */
export function promotingMetrics(plan: Pick<RampPlan, 'metrics' | 'template'>): readonly RampMetric[] {
  if (plan.template === 'emergency') return [];
  const success = plan.metrics.filter((metric) => metric.role === 'success');
  return plan.template === 'quality-up'
    ? success
    : success.filter((metric) => metric.direction === 'decrease');
}
