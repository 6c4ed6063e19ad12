import { momentsOf } from '../accumulators/moments.js';
import { studentTSf } from '../distributions/student-t.js';
import { StatsError } from '../stats-error.js';
import { lastCoefficient, type Coefficient } from './least-squares.js';

/** Raw values of one arm's units: the metric and the covariate from before assignment. */
export interface CovariateArm {
  readonly y: readonly number[];
  readonly x: readonly number[];
}

/** Analysis of covariance: the treatment's coefficient in y ~ 1 + T + x. */
export interface Ancova extends Coefficient {
  /** Slope of y on x with arms taken out. */
  readonly thetaWithin: number;
  /** Two-sided, t with `dfResidual`; null where every unit fits exactly. */
  readonly pClassical: number | null;
}

/**
 * The effect adjusted by one common slope.
 *
 * Assumes equal slopes for its classical error; the HC errors hold without. @returns null when undefined: four units or
 * fewer are needed more than there are, or x is constant within the arms
 */
export function ancova(control: CovariateArm, treatment: CovariateArm): Ancova | null {
  const { one, t, x, y } = stacked(control, treatment);
  const effect = lastCoefficient([one, x, t], y);
  const slope = lastCoefficient([one, t, x], y);
  if (!effect || !slope) return null;
  const statistic = Math.abs(effect.coefficient) / effect.seClassical;
  const pClassical =
    effect.seClassical > 0 ? Math.min(1, 2 * studentTSf(statistic, effect.dfResidual)) : null;
  return { ...effect, thetaWithin: slope.coefficient, pClassical };
}

/**
 * Lin's estimator: the treatment's coefficient in y ~ 1 + T + (x − x̄) + T (x − x̄), x̄ over both arms.
 *
 * Never less precise than the plain difference in large samples, also with unequal splits. Use its HC2 or HC3 error.
 *
 * @returns null when undefined: too few units, or x constant in an arm
 * @see Lin (2013), Agnostic notes on regression adjustments, Annals of Applied Statistics 7
 */
export function linRegression(control: CovariateArm, treatment: CovariateArm): Coefficient | null {
  const { one, t, x, y } = stacked(control, treatment);
  const centre = momentsOf(x).mean;
  const centred = x.map((value) => value - centre);
  return lastCoefficient([one, centred, centred.map((value, i) => value * t[i]!), t], y);
}

function stacked(control: CovariateArm, treatment: CovariateArm) {
  for (const { x, y } of [control, treatment])
    if (x.length !== y.length)
      throw new StatsError('STATS_SHAPE', `${y.length} values with ${x.length} covariates`);
  const y = [...control.y, ...treatment.y];
  const x = [...control.x, ...treatment.x];
  return { one: y.map(() => 1), t: y.map((_, i) => (i < control.y.length ? 0 : 1)), x, y };
}
