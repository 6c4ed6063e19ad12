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

/** Lift and its always-valid interval in words a person reads at a glance. */
export function describeMetric(metric: MetricComparison): string {
  const interval = metric.sequential.lift;
  if (metric.lift === null || !interval) return `${metric.metric}: too little data`;
  const burnIn = metric.sequential.burnIn ? ', burn-in' : '';
  return `${metric.metric} ${percent(metric.lift)} [${percent(interval.lower)}, ${percent(interval.upper)}]${burnIn}`;
}

/** A fraction as a signed percentage; an open end as ±∞. */
export function percent(fraction: number | null): string {
  if (fraction === null) return '∞';
  const text = Math.abs(fraction * 100).toFixed(1);
  return `${fraction < 0 ? '−' : '+'}${text} %`;
}
