import { requireProbability } from '../stats-error.js';

/**
 * How many more units a confidence sequence needs than a fixed test for the same power: 1.65 at 80 %, 1.57 at 90 %
 * (measured), between and beyond by the straight line through both, never below 1.5.
 */
export function sequentialInflation(power: number): number {
  requireProbability(power, 'power');
  return Math.max(1.5, 1.65 - 0.8 * (power - 0.8));
}
