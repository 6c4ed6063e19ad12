import type { Comparison, MetricComparison } from '@app/stats';
import type { ReplayProgress } from './replay.js';

/** One line a virtual day: how far, how many rows, and the leading metric of each comparison. */
export function describeStep(progress: ReplayProgress): string {
  const head = `day ${String(progress.day).padStart(2)} of ${progress.days} · ${progress.sent} of ${progress.total} rows`;
  const comparisons = progress.results?.comparisons ?? [];
  return [head, ...comparisons.map(describeComparison)].join(' · ');
}

/** "gate_40: KEEP_RUNNING (retention_7 −4.3 % [−9.1 %, +0.6 %])" */
export function describeComparison(comparison: Comparison): string {
  const leading = comparison.metrics.find((metric) => metric.role === 'success') ?? comparison.metrics[0];
  const figures = leading ? ` (${describeMetric(leading)})` : '';
  return `${comparison.treatment}: ${comparison.verdict}${figures}`;
}

/** Lift and its always-valid interval in words a person reads at a glance; the difference where a lift makes no sense. */
export function describeMetric(metric: MetricComparison): string {
  const { lift, difference, burnIn } = metric.sequential;
  const note = burnIn ? ', burn-in' : '';
  if (metric.lift !== null && lift) {
    return `${metric.metric} ${percent(metric.lift)} [${percent(lift.lower)}, ${percent(lift.upper)}]${note}`;
  }
  if (metric.difference !== null && difference) {
    return `${metric.metric} ${amount(metric.difference)} [${amount(difference.lower)}, ${amount(difference.upper)}] absolute${note}`;
  }
  return `${metric.metric}: too little data`;
}

/** A difference in the metric's own unit, signed. */
function amount(value: number | null): string {
  return value === null ? '∞' : `${value < 0 ? '−' : '+'}${Number(Math.abs(value).toPrecision(2))}`;
}

/** A fraction as a signed percentage; an open end as ±∞. */
export function percent(fraction: number | null): string {
  if (fraction === null) return '∞';
  const text = Math.abs(fraction * 100).toFixed(1);
  return `${fraction < 0 ? '−' : '+'}${text} %`;
}
