import { inRange, requireFinite } from '../stats-error.js';
import type { ArmMoments, CovariateMoments } from '../verdict/types.js';
import { requireMoments } from './require-moments.js';

/** Units that have the covariate. */
export const covariateUnits = ({ n, covariate }: ArmMoments): number => covariate?.n ?? (covariate ? n : 0);

/** Throws `STATS_DOMAIN` unless every figure is finite, M2 ≥ 0, and no more units have the covariate than there are. */
export function requireCovariate(arm: ArmMoments): void {
  const { covariate } = arm;
  if (!covariate) return;
  const { mean, m2, comoment, valueGap = 0, denominatorGap = 0, denominatorComoment = 0 } = covariate;
  requireMoments({ n: covariateUnits(arm), mean, m2 });
  requireFinite(arm.n - covariateUnits(arm) >= 0 ? comoment : NaN, 'covariate comoment');
  requireFinite(valueGap, 'valueGap');
  requireFinite(denominatorGap, 'denominatorGap');
  requireFinite(denominatorComoment, 'denominatorComoment');
}

/**
 * The covariate's moments over two disjoint sets of units: merged over the units that have it, wherever those are.
 *
 * @param d mean of b − mean of a, of the value; `denominators` the same of the denominator
 */
export function mergeCovariates(
  a: ArmMoments,
  b: ArmMoments,
  { d, denominators }: { d: number; denominators: number },
): CovariateMoments | undefined {
  if (!a.covariate && !b.covariate) return undefined;
  const x = a.covariate ?? NONE;
  const y = b.covariate ?? NONE;
  const [na, nb] = [covariateUnits(a), covariateUnits(b)];
  const n = na + nb;
  const units = a.n + b.n;
  const [shareA, shareB] = n > 0 ? [na / n, nb / n] : [0, 0];
  // Means of those who have it, measured from the mean of the first set.
  const gap = (ofA: number, ofB: number, apart: number) => ({
    between: apart + ofB - ofA,
    merged: shareA * ofA + shareB * (apart + ofB) - apart * (b.n / units),
  });
  const value = gap(x.valueGap ?? 0, y.valueGap ?? 0, d);
  const denominator = gap(x.denominatorGap ?? 0, y.denominatorGap ?? 0, denominators);
  const dx = na > 0 && nb > 0 ? y.mean - x.mean : 0;
  const weight = shareA * nb;
  const complete = n === units;
  const ofDenominator = a.denominator && b.denominator;
  return {
    mean: inRange(shareA * x.mean + shareB * y.mean, 'covariate mean'),
    m2: inRange(x.m2 + y.m2 + dx * dx * weight, 'covariate m2'),
    comoment: inRange(x.comoment + y.comoment + dx * value.between * weight, 'covariate comoment'),
    ...(!complete && { n, valueGap: inRange(value.merged, 'valueGap') }),
    ...(!complete && ofDenominator && { denominatorGap: inRange(denominator.merged, 'denominatorGap') }),
    ...(ofDenominator && {
      denominatorComoment: inRange(
        (x.denominatorComoment ?? 0) + (y.denominatorComoment ?? 0) + dx * denominator.between * weight,
        'denominatorComoment',
      ),
    }),
  };
}

const NONE: CovariateMoments = { n: 0, mean: 0, m2: 0, comoment: 0 };
