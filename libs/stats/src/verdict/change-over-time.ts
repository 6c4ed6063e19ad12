import { tuneTwoSided } from '../sequential/asymptotic-cs.js';
import type { BenefitResult } from './benefit.js';
import { differenceInterval } from './sequential-interval.js';
import type { RunningBounds } from './types.js';

/**
 * The running intersection of a metric's always-valid intervals after this look.
 *
 * All intervals of a sequence hold the effect at once, at `level`, as long as there is one effect. Bounds that have passed
 * each other say that there is none: it is changing over time. Before burn-in nothing is added.
 *
 * @param level of the sequence, the same at every look; it is tuned at `alpha` and N*
 */
export function narrowed(
  { contrast, missing }: Pick<BenefitResult, 'contrast' | 'missing'>,
  before: RunningBounds | undefined,
  { alpha, level, nStar }: { alpha: number; level: number; nStar: number },
): RunningBounds | undefined {
  if (contrast.kind !== 'contrast' || missing !== null) return before;
  const now = differenceInterval(contrast, tuneTwoSided(alpha, nStar), level);
  if (now === null) return before;
  const [highestLower, lowestUpper] = [now.lower!, now.upper!];
  if (!before) return { highestLower, lowestUpper };
  return {
    highestLower: Math.max(before.highestLower, highestLower),
    lowestUpper: Math.min(before.lowestUpper, lowestUpper),
  };
}

/** Whether intervals of different looks exclude each other. */
export const isChanging = (bounds: RunningBounds | undefined): boolean =>
  bounds !== undefined && bounds.highestLower > bounds.lowestUpper;
