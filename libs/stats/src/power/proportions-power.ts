import { normalIsf, normalSf } from '../distributions/normal.js';
import { restrictedP1 } from '../proportions/score-interval.js';
import { inRange, requireAlpha, requireDomain, requirePositive, requireProbability } from '../stats-error.js';
import { sampleSize, type SampleSize } from './means-power.js';

/** A design comparing two proportions in equal arms. */
export interface ProportionsDesign {
  readonly p1: number;
  readonly p2: number;
  readonly alpha: number;
  readonly sides: 1 | 2;
}

/** Units per arm with the pooled variance under the null, as R's power.prop.test; the real solution. */
export function pooledSampleSize(design: ProportionsDesign, power: number): number {
  const { null: n, alternative: a, gap } = pooledErrors(design);
  return inRange(((critical(design) * n + missing(power) * a) / gap) ** 2, 'n');
}

/** Power at n units per arm with the pooled variance under the null. */
export function pooledPower(design: ProportionsDesign, n: number): number {
  const errors = pooledErrors(design);
  requirePositive(n, 'n');
  const short = critical(design) * errors.null - errors.gap * Math.sqrt(n);
  // Rates of 0 against 1 leave nothing to chance.
  return errors.alternative > 0 ? normalSf(short / errors.alternative) : short <= 0 ? 1 : 0;
}

/** Cohen's h = 2 asin √p2 − 2 asin √p1. */
export function cohenH({ p1, p2 }: Pick<ProportionsDesign, 'p1' | 'p2'>): number {
  requireProbability(p1, 'p1');
  requireProbability(p2, 'p2');
  return 2 * Math.asin(Math.sqrt(p2)) - 2 * Math.asin(Math.sqrt(p1));
}

/** Units per arm by the arcsine transformation, as R's pwr.2p.test; the real solution. */
export function arcsineSampleSize(design: ProportionsDesign, power: number): number {
  const h = cohenH(design);
  requireDomain(h !== 0, 'p2', design.p2, 'different from p1');
  return inRange(2 * ((critical(design) + missing(power)) / h) ** 2, 'n');
}

/** Power at n units per arm by the arcsine transformation; the far tail exists only in a two-sided test. */
export function arcsinePower(design: ProportionsDesign, n: number): { power: number; bothTails: number } {
  requirePositive(n, 'n');
  const shift = Math.abs(cohenH(design)) * Math.sqrt(n / 2);
  const power = normalSf(critical(design) - shift);
  return {
    power,
    bothTails: design.sides === 2 ? Math.min(1, power + normalSf(critical(design) + shift)) : power,
  };
}

/**
 * Units for proving p2 > p1 − margin at a one-sided level, with Farrington and Manning's restricted null variance.
 *
 * @see Farrington, Manning (1990), Stat. Med. 9; rpact getSampleSizeRates
 */
export function nonInferiorityRatesSampleSize(
  design: { p1: number; p2: number; alpha: number; ratio: number },
  margin: number,
  power: number,
): SampleSize & { restrictedP1: number; restrictedP2: number } {
  const { p1, p2, alpha, ratio } = design;
  requireProbability(p1, 'p1');
  requireProbability(p2, 'p2');
  requirePositive(ratio, 'ratio');
  requireAlpha(alpha);
  requireDomain(p2 - p1 + margin > 0, 'p2 − p1 + margin', p2 - p1 + margin, 'positive');
  const r1 = restrictedP1({ x1: p1, n1: 1, x2: p2 * ratio, n2: ratio }, -margin);
  const r2 = r1 - margin;
  const error = (a: number, b: number) => Math.sqrt(a * (1 - a) + (b * (1 - b)) / ratio);
  const n1 = ((normalIsf(alpha) * error(r1, r2) + missing(power) * error(p1, p2)) / (p2 - p1 + margin)) ** 2;
  return { ...sampleSize(n1, ratio), restrictedP1: r1, restrictedP2: r2 };
}

function critical({ alpha, sides }: ProportionsDesign): number {
  requireAlpha(alpha);
  return normalIsf(alpha / sides);
}

/** The quantile a power asks for beyond the critical value. */
function missing(power: number): number {
  requireAlpha(power, 'power');
  return normalIsf(1 - power);
}

function pooledErrors({ p1, p2 }: ProportionsDesign): { null: number; alternative: number; gap: number } {
  requireProbability(p1, 'p1');
  requireProbability(p2, 'p2');
  requireDomain(p1 !== p2, 'p2', p2, 'different from p1');
  const mean = (p1 + p2) / 2;
  return {
    null: Math.sqrt(2 * mean * (1 - mean)),
    alternative: Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2)),
    gap: Math.abs(p1 - p2),
  };
}
