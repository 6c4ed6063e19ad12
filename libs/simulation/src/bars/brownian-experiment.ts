import type { Random } from '../random/random.js';
import { normal } from '../random/normal.js';

/** Two equal arms of normal units with a standard deviation of 1, which arrive in even batches. */
export interface NormalExperiment {
  /** Units of both arms together at the last look. */
  readonly units: number;
  readonly looks: number;
  /** Difference of the means. */
  readonly effect: number;
}

/** What a look sees: the estimate, its error and the units of both arms. */
export interface NormalPoint {
  readonly estimate: number;
  readonly se: number;
  readonly n: number;
}

/**
 * Calls `look` with growing evidence until it returns true or the looks are over; the look that stopped, or null.
 *
 * Sums of normal units are drawn a batch at a time: exact, because sums of normals are normal.
 */
export function untilStopped(
  random: Random,
  { units, looks, effect }: NormalExperiment,
  look: (point: NormalPoint, number: number) => boolean,
): number | null {
  const batch = units / looks / 2;
  const spread = Math.sqrt(2 * batch);
  let sum = 0;
  for (let number = 1; number <= looks; number++) {
    sum += effect * batch + spread * normal(random);
    const perArm = batch * number;
    if (look({ estimate: sum / perArm, se: Math.sqrt(2 / perArm), n: 2 * perArm }, number)) return number;
  }
  return null;
}
