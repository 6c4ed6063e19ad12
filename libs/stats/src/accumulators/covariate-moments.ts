import type { Mutable } from '../mutable.js';
import { inRange, requireFinite, requireNotNegative } from '../stats-error.js';
import type { ArmMoments, CovariateMoments } from '../verdict/types.js';
import { requireMeanAndM2 } from './require-moments.js';

/** Units that have the covariate. */
export const covariateUnits = ({ n, covariate }: ArmMoments): number => covariate?.n ?? (covariate ? n : 0);

/** Throws `STATS_DOMAIN` unless every figure is finite, M2 ≥ 0, and no more units have the covariate than there are. */
export function requireCovariate(arm: ArmMoments): void {
  const { covariate } = arm;
  if (!covariate) return;
  const known = covariateUnits(arm);
  requireNotNegative(known, 'n');
  requireMeanAndM2(covariate);
  requireFinite(arm.n - known >= 0 ? covariate.comoment : NaN, 'covariate comoment');
  requireFinite(covariate.valueGap ?? 0, 'valueGap');
  requireFinite(covariate.denominatorGap ?? 0, 'denominatorGap');
  requireFinite(covariate.denominatorComoment ?? 0, 'denominatorComoment');
}

/**
 * The covariate's moments over two disjoint sets of units: merged over the units that have it, wherever those are.
 *
 * @param d mean of b − mean of a, of the value
 */
export function mergeCovariates(a: ArmMoments, b: ArmMoments, d: number): CovariateMoments {
  const x = a.covariate ?? NONE;
  const y = b.covariate ?? NONE;
  const [na, nb] = [covariateUnits(a), covariateUnits(b)];
  const n = na + nb;
  const shareA = n > 0 ? na / n : 0;
  const shareB = n > 0 ? nb / n : 0;
  const dx = na > 0 && nb > 0 ? y.mean - x.mean : 0;
  const weight = shareA * nb;
  // Means of those who have it, measured from the mean of the first set.
  const [gapX, gapY] = [x.valueGap ?? 0, y.valueGap ?? 0];
  const merged: Mutable<CovariateMoments> = {
    mean: inRange(shareA * x.mean + shareB * y.mean, 'covariate mean'),
    m2: inRange(x.m2 + y.m2 + dx * dx * weight, 'covariate m2'),
    comoment: inRange(x.comoment + y.comoment + dx * (d + gapY - gapX) * weight, 'covariate comoment'),
  };
  const units = a.n + b.n;
  const complete = n === units;
  if (!complete) {
    merged.n = n;
    merged.valueGap = inRange(shareA * gapX + shareB * (d + gapY) - d * (b.n / units), 'valueGap');
  }
  if (!a.denominator || !b.denominator) return merged;
  const apart = b.denominator.mean - a.denominator.mean;
  const [perX, perY] = [x.denominatorGap ?? 0, y.denominatorGap ?? 0];
  if (!complete) {
    const gap = shareA * perX + shareB * (apart + perY) - apart * (b.n / units);
    merged.denominatorGap = inRange(gap, 'denominatorGap');
  }
  merged.denominatorComoment = inRange(
    (x.denominatorComoment ?? 0) + (y.denominatorComoment ?? 0) + dx * (apart + perY - perX) * weight,
    'denominatorComoment',
  );
  return merged;
}

const NONE: CovariateMoments = { n: 0, mean: 0, m2: 0, comoment: 0 };
