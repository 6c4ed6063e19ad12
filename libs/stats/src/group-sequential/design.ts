import { normalIsf, normalSf } from '../distributions/normal.js';
import { bracketedRoot } from '../special/bracketed-root.js';
import { inRange, requireDomain } from '../stats-error.js';
import { groupSequentialBoundary, type BoundaryPlan } from './boundaries.js';

/** What a group sequential design costs and gives. */
export interface GroupSequentialDesign {
  readonly criticalValues: readonly number[];
  readonly nominalOneSidedAlpha: readonly number[];
  readonly cumulativeAlphaSpent: readonly number[];
  /** Expected z at the end that gives the power, and the same of a fixed test. */
  readonly driftForPower: number;
  readonly fixedDrift: number;
  /** Largest sample over that of a fixed test. */
  readonly inflationFactor: number;
  /** Crossings of the upper boundary up to each look, at that drift. */
  readonly cumulativePowerAtDrift: readonly number[];
  /** Expected sample over that of a fixed test, under the alternative and the null. */
  readonly averageSampleNumberRatioH1: number;
  readonly averageSampleNumberRatioH0: number;
}

/**
 * Boundaries of a group sequential design with its power, inflation and expected sample; no stop for futility.
 *
 * Estimates after an early stop are biased; show the repeated confidence interval estimate ± criticalValue × se.
 *
 * @param beta 1 − power; `informationRates` must end at 1
 * @throws StatsError as `groupSequentialBoundary`; `STATS_DOMAIN` beta not between 0 and 1 − alpha
 * @see Jennison, Turnbull (2000); numbers agree with rpact and gsDesign
 */
export function groupSequentialDesign(plan: BoundaryPlan, beta: number): GroupSequentialDesign {
  const { informationRates: rates, alpha, sided } = plan;
  checkBeta(beta, alpha);
  const { criticalValues, cumulativeAlphaSpent, paths } = groupSequentialBoundary(plan);
  const crossings = (drift: number): number[] => criticalValues.map((c, k) => paths.upper(k, c, drift));
  const powerAt = (drift: number): number => crossings(drift).reduce((sum, p) => sum + p, 0);
  const fixedDrift = normalIsf(alpha / sided) + normalIsf(beta);
  const drift = bracketedRoot((d) => powerAt(d) - (1 - beta), 0, 2 * fixedDrift + 10, 1e-13);
  const inflationFactor = inRange((drift / fixedDrift) ** 2, 'inflation');
  const sample = (at: number): number => {
    const stops = criticalValues.map(
      (c, k) => paths.upper(k, c, at) + (sided === 2 ? paths.lower(k, -c, at) : 0),
    );
    const early = stops.slice(0, -1).reduce((sum, p, k) => sum + p * (1 - rates[k]!), 0);
    return inflationFactor * (1 - early);
  };
  let power = 0;
  return {
    criticalValues,
    nominalOneSidedAlpha: criticalValues.map(normalSf),
    cumulativeAlphaSpent,
    driftForPower: drift,
    fixedDrift,
    inflationFactor,
    cumulativePowerAtDrift: crossings(drift).map((p) => (power += p)),
    averageSampleNumberRatioH1: sample(drift),
    averageSampleNumberRatioH0: sample(0),
  };
}

export function checkBeta(beta: number, alpha: number): void {
  requireDomain(beta > 0 && beta < 1 - alpha, 'beta', beta, 'between 0 and 1 − alpha =', 1 - alpha);
}
