import { normalIsf, normalSf } from '../distributions/normal.js';
import {
  inRange,
  requireAlpha,
  requireDomain,
  requireFinite,
  requireNotNegative,
  requirePositive,
} from '../stats-error.js';

/** A design comparing two means by z: unit variances, units of arm 2 per unit of arm 1, level and sides. */
export interface MeansDesign {
  readonly var1: number;
  readonly var2: number;
  /** n2 / n1. */
  readonly ratio: number;
  readonly alpha: number;
  readonly sides: 1 | 2;
}

/** Units of both arms: the real solution, and whole units not below it. */
export interface SampleSize {
  readonly n1: number;
  readonly n2: number;
  readonly wholeN1: number;
  readonly wholeN2: number;
}

/**
 * Units for a power against a true difference delta.
 *
 * Serves any metric with a unit variance: p(1 − p) for proportions, the delta-method variance for ratios, the variance
 * times 1 − ρ² with a covariate.
 *
 * @throws StatsError `STATS_DOMAIN` delta is 0, or a level, power, variance or ratio is outside its domain
 */
export function meansSampleSize(design: MeansDesign, delta: number, power: number): SampleSize {
  check(design);
  requireDomain(delta !== 0 && Number.isFinite(delta), 'delta', delta, 'finite and not 0');
  return sampleSize(unitVariance(design) * (quantiles(design, power) / delta) ** 2, design.ratio);
}

/** Power at n1 units in arm 1: on the side of the effect, and with the far tail added. */
export function meansPower(
  design: MeansDesign,
  delta: number,
  n1: number,
): { power: number; bothTails: number } {
  check(design);
  requireFinite(delta, 'delta');
  requirePositive(n1, 'n1');
  // By roots, since the variance of a mean can be too small to be told from 0, and 0/0 is no power.
  const shift = delta === 0 ? 0 : (Math.abs(delta) * Math.sqrt(n1)) / Math.sqrt(unitVariance(design));
  const critical = normalIsf(design.alpha / design.sides);
  const power = normalSf(critical - shift);
  return { power, bothTails: Math.min(1, power + normalSf(critical + shift)) };
}

/** Smallest true difference found with the given power at n1 units in arm 1. */
export function meansMde(design: MeansDesign, power: number, n1: number): number {
  check(design);
  requirePositive(n1, 'n1');
  return inRange(quantiles(design, power) * Math.sqrt(unitVariance(design) / n1), 'mde');
}

/**
 * Units for proving non-inferiority at a one-sided level when the true difference is delta (higher is better).
 *
 * @throws StatsError `STATS_DOMAIN` delta + margin is not positive: nothing to prove
 */
export function nonInferioritySampleSize(
  design: Omit<MeansDesign, 'sides'>,
  delta: number,
  margin: number,
  power: number,
): SampleSize {
  requireDomain(delta + margin > 0, 'delta + margin', delta + margin, 'positive');
  return meansSampleSize({ ...design, sides: 1 }, delta + margin, power);
}

/** Rounds a real solution up without letting rounding noise add a unit. */
export function sampleSize(n1: number, ratio: number): SampleSize {
  requireNotNegative(n1, 'n1');
  requirePositive(ratio, 'ratio');
  const n2 = inRange(n1 * ratio, 'n2');
  return { n1, n2, wholeN1: Math.ceil(n1 * (1 - 1e-12)), wholeN2: Math.ceil(n2 * (1 - 1e-12)) };
}

const unitVariance = ({ var1, var2, ratio }: MeansDesign): number => inRange(var1 + var2 / ratio, 'variance');

function quantiles({ alpha, sides }: MeansDesign, power: number): number {
  requireDomain(power > 0 && power < 1, 'power', power, 'in (0, 1)');
  return normalIsf(alpha / sides) + normalIsf(1 - power);
}

function check({ var1, var2, ratio, alpha }: MeansDesign): void {
  requireDomain(var1 >= 0 && var2 >= 0 && var1 + var2 > 0, 'variance', `${var1}, ${var2}`, '≥ 0, not both 0');
  requirePositive(ratio, 'ratio');
  requireAlpha(alpha);
}
