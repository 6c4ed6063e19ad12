import { normalIsf } from '../distributions/normal.js';
import { requireDomain } from '../stats-error.js';
import { groupSequentialBoundary } from './boundaries.js';
import { Paths } from './paths.js';
import { spent } from './spending.js';

/** Looks taken so far, and what was planned. */
export interface MonitoringPlan {
  /** Information fractions of all looks so far, increasing; the last is the present one and may lie above 1. */
  readonly informationRates: readonly number[];
  /** Two-sided. */
  readonly alpha: number;
  readonly power: number;
  /** z expected at the planned end under the smallest effect worth having; null when it cannot be told. */
  readonly driftAtEnd: number | null;
}

/** What the present look is held against. */
export interface MonitoringBounds {
  /** |Z| from which the look rejects. */
  readonly critical: number;
  /** Z, in the good direction, below which going on is futile; null before anything is spent, and at the end. */
  readonly futility: number | null;
}

const SHAPE = 'asOF';

/**
 * Bounds of the present look of a group sequential test whose looks were not planned one by one: O'Brien-Fleming-type
 * spending of alpha on both sides, and of beta = 1 − power, non-binding, for futility.
 *
 * Times of looks must not depend on the data. Futility does not enter the alpha, so it may be overruled; it stops with
 * probability at most beta where the effect is the one worth having.
 *
 * @throws StatsError `STATS_SHAPE` fractions that do not increase, `STATS_DOMAIN` one before the last above 1, alpha or power
 *   outside (0, 1)
 * @see Lan, DeMets (1983), Biometrika 70; Pampallona, Tsiatis, Kim (2001), Drug Information Journal 35
 */
export function monitoringBounds({
  informationRates: rates,
  alpha,
  power,
  driftAtEnd,
}: MonitoringPlan): MonitoringBounds {
  requireDomain(power > 0 && power < 1, 'power', power, 'in (0, 1)');
  const { criticalValues } = groupSequentialBoundary({
    informationRates: rates,
    alpha,
    sided: 2,
    type: SHAPE,
  });
  const last = rates.length - 1;
  const critical = criticalValues[last]!;
  if (rates[last]! >= 1 || driftAtEnd === null || !(driftAtEnd > 0)) return { critical, futility: null };
  const drift = Math.min(driftAtEnd, normalIsf(alpha / 2) + normalIsf(1e-6));
  const paths = new Paths(rates);
  let before = 0;
  let bound = -Infinity;
  rates.forEach((t, k) => {
    const now = spent({ type: SHAPE }, t, 1 - power);
    bound = Math.min(paths.lowerBound(k, now - before, drift), criticalValues[k]!);
    before = now;
    if (k < last) paths.continueIn(k, bound, criticalValues[k]!);
  });
  return { critical, futility: Number.isFinite(bound) ? bound : null };
}
