import { requireDomain } from '../stats-error.js';

/** Throws `STATS_DOMAIN` unless a beta's shape lies in [10⁻⁸, 10¹⁵], where the expansions end. */
export function requireShape(shape: number, name: string): void {
  requireDomain(shape >= 1e-8 && shape <= 1e15, name, shape, 'in [1e-8, 1e15]');
}
