import { oneSidedRadius, tuneOneSided, tuneTwoSided, twoSidedRadius } from '../sequential/asymptotic-cs.js';
import { burnInUnits } from './burn-in.js';
import type { Contrast } from './contrast.js';
import { absoluteAmount, signOf, slackWithin } from './orientation.js';
import type { Amount, MetricPlan } from './types.js';

/** Beyond this nobody waits; the forecast is "cannot be told". */
const MOST_UNITS = 1e9;

/**
 * Units of both arms at which a success metric is expected to be decided if the effect stays as observed: better or
 * worse than 0, or below the MDE, whichever comes first. Null when that is out of reach.
 */
export function unitsToDecideBenefit(
  metric: MetricPlan,
  contrast: Contrast,
  options: { alpha: number; level: number; nStar: number },
): number | null {
  const gain = signOf(metric.direction) * contrast.difference;
  const mde = metric.mde ? absoluteAmount(metric.mde, contrast.control.value) : 0;
  const target = Math.max(Math.abs(gain), mde - gain);
  const rho = tuneTwoSided(options.alpha, options.nStar);
  return unitsUntil(metric, contrast, contrast.se, target, (n) => twoSidedRadius(n, rho, options.level));
}

/** Units of both arms at which a guardrail is expected to pass if the effect stays as observed; null if it will not. */
export function unitsToPass(
  metric: MetricPlan,
  contrast: Contrast,
  margin: Amount,
  options: { alpha: number; nStar: number },
): number | null {
  const slack = slackWithin(contrast, metric.direction, margin);
  const rho = tuneOneSided(options.alpha, options.nStar);
  return unitsUntil(metric, contrast, slack.se, slack.estimate, (n) => oneSidedRadius(n, rho, options.alpha));
}

/** Smallest n at which radius(n) × se(n) ≤ target, the error shrinking like 1/√n, burn-in included. */
function unitsUntil(
  metric: MetricPlan,
  contrast: Contrast,
  se: number,
  target: number,
  radius: (n: number) => number,
): number | null {
  if (!(se > 0) || !(target > 0)) return null;
  const smaller = Math.min(contrast.control.pooled.n, contrast.treatment.pooled.n) / contrast.n;
  const reached = (n: number) => radius(n) * se * Math.sqrt(contrast.n / n) <= target;
  let low = Math.max(2, burnInUnits(metric) / smaller);
  if (reached(low)) return Math.ceil(low);
  if (!reached(MOST_UNITS)) return null;
  let high = MOST_UNITS;
  while (high - low > Math.max(1, 1e-4 * low)) {
    const middle = (low + high) / 2;
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high);
}
