import type { ArmMoments, MetricPlan } from './types.js';

/** Units per arm before a bounded or binary metric may decide. */
const BOUNDED_UNITS = 100;
/** Units in the smaller arm before an unbounded metric or a ratio may decide: heavy tails with unequal splits. */
const UNBOUNDED_UNITS = 1_000;
/** Successes and failures a binary metric needs in each arm. */
const EVENTS = 5;
/** Events to be expected beyond a quantile in each arm before it may be read. */
const BEYOND_QUANTILE = 20;

/** Units each arm needs before an asymptotic decision on the metric. */
export function burnInUnits(metric: MetricPlan): number {
  return metric.kind === 'proportion' || (metric.bounds && metric.kind !== 'ratio')
    ? BOUNDED_UNITS
    : UNBOUNDED_UNITS;
}

/**
 * What is still missing before the asymptotic sequence of a metric may decide; null when nothing is.
 *
 * Burn-in is part of the method: without it a 99/1 canary errs in 88 % of A/A runs.
 */
export function missingBurnIn(metric: MetricPlan, control: ArmMoments, treatment: ArmMoments): string | null {
  const needed = burnInUnits(metric);
  const smallest = Math.min(control.n, treatment.n);
  if (smallest < needed) return `${smallest} of ${needed} units in the smaller arm`;
  if (metric.kind === 'quantile') {
    const beyond = Math.floor(Math.min(beyondQuantile(control), beyondQuantile(treatment)));
    return beyond < BEYOND_QUANTILE
      ? `${beyond} of ${BEYOND_QUANTILE} events beyond the quantile in the smaller arm`
      : null;
  }
  if (metric.kind !== 'proportion') return null;
  const [c, t] = [successes(control), successes(treatment)];
  const fewest = Math.min(c, control.n - c, t, treatment.n - t);
  return fewest < EVENTS ? `${fewest} of ${EVENTS} successes and failures in each arm` : null;
}

function beyondQuantile({ quantile }: ArmMoments): number {
  return quantile ? quantile.events * Math.min(quantile.level, 1 - quantile.level) : 0;
}

/** Successes of a 0/1 metric from its moments. */
export function successes(arm: ArmMoments): number {
  return Math.round(arm.mean * arm.n);
}
