import { bernoulliInterval } from '../sequential/bernoulli-cs.js';
import { successes } from './burn-in.js';
import type { Contrast } from './contrast.js';
import { signOf } from './orientation.js';
import type { Amount, ArmMoments, Direction } from './types.js';

/**
 * Exact always-valid lower bound of (oriented difference + margin) for a 0/1 metric: a Bernoulli sequence per arm at
 * half the level each, combined by their worst corners. Wide, but true from the first unit.
 */
export function exactSlackBound(
  contrast: Contrast,
  direction: Direction,
  margin: Amount,
  alpha: number,
  nStar: number,
): number {
  // Only one end of each interval is used, so a two-sided interval at alpha spends alpha/2 an arm.
  const interval = (arm: ArmMoments) =>
    bernoulliInterval({
      sum: successes(arm),
      n: arm.n,
      alpha,
      tOpt: Math.max(1, nStar / 2),
      alphaOpt: alpha,
    });
  const c = interval(contrast.control.pooled);
  const t = interval(contrast.treatment.pooled);
  const relative = margin.type === 'relative' ? margin.value : 0;
  const absolute = margin.type === 'absolute' ? margin.value : 0;
  if (signOf(direction) === 1) {
    const factor = 1 - relative;
    return t[0] - factor * (factor >= 0 ? c[1] : c[0]) + absolute;
  }
  return (1 + relative) * c[0] - t[1] + absolute;
}
