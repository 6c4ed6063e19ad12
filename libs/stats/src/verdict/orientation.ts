import { StatsError } from '../stats-error.js';
import { linearContrast, type Contrast } from './contrast.js';
import type { Amount, Direction, MetricPlan } from './types.js';

/** +1 where more is better (and where nobody says), −1 where less is. */
export function signOf(direction: Direction): 1 | -1 {
  return direction === 'decrease' ? -1 : 1;
}

/** An amount in the metric's own unit at a control value. */
export function absoluteAmount(amount: Amount, controlValue: number): number {
  return amount.type === 'absolute' ? amount.value : amount.value * Math.abs(controlValue);
}

/**
 * Oriented difference + amount, with its error: positive while the loss stays below the amount.
 *
 * A relative amount is kept linear, treatment − (1 ∓ amount) control, so that no delta approximation enters.
 */
export function slackWithin(
  contrast: Contrast,
  direction: Direction,
  amount: Amount,
): { estimate: number; se: number; n: number } {
  const sign = signOf(direction);
  if (amount.type === 'absolute') {
    return { estimate: sign * contrast.difference + amount.value, se: contrast.se, n: contrast.n };
  }
  const linear = linearContrast(contrast, 1 - sign * amount.value * Math.sign(contrast.control.value));
  return { estimate: sign * linear.estimate, se: linear.se, n: contrast.n };
}

/** A guardrail's margin, the default one when nobody declared any. */
export function marginOf(metric: MetricPlan): Amount & { readonly isDefault: boolean } {
  if (metric.direction === 'none') {
    throw new StatsError('STATS_DOMAIN', `guardrail ${metric.key} has no direction`, { metric: metric.key });
  }
  return metric.margin ?? { value: 0.05, type: 'relative', isDefault: true };
}
