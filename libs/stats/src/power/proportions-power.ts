import { normalIsf, normalSf } from '../distributions/normal.js';
import { restrictedP1 } from '../proportions/score-interval.js';
import { requireDomain, requireProbability } from '../stats-error.js';
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
  return ((critical(design) * n + normalIsf(1 - power) * a) / gap) ** 2;
}

/** Power at n units per arm with the pooled variance under the null. */
export function pooledPower(design: ProportionsDesign, n: number): number {
  const errors = pooledErrors(design);
  return normalSf((critical(design) * errors.null - errors.gap * Math.sqrt(n)) / errors.alternative);
}

/** Cohen's h = 2 asin √p2 − 2 asin √p1. */
export function cohenH({ p1, p2 }: Pick<ProportionsDesign, 'p1' | 'p2'>): number {
  requireProbability(p1, 'p1');
  requireProbability(p2, 'p2');
  return 2 * Math.asin(Math.sqrt(p2)) - 2 * Math.asin(Math.sqrt(p1));
}

/** Units per arm by the arcsine transformation, as R's pwr.2p.test; the real solution. */
export function arcsineSampleSize(design: ProportionsDesign, power: number): number {
  return 2 * ((critical(design) + normalIsf(1 - power)) / cohenH(design)) ** 2;
}

/** Power at n units per arm by the arcsine transformation; the far tail exists only in a two-sided test. */
export function arcsinePower(design: ProportionsDesign, n: number): { power: number; bothTails: number } {
  const shift = Math.abs(cohenH(design)) * Math.sqrt(n / 2);
  const power = normalSf(critical(design) - shift);
  return { power, bothTails: design.sides === 2 ? power + normalSf(critical(design) + shift) : power };
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
  requireDomain(p2 - p1 + margin > 0, 'p2 − p1 + margin', p2 - p1 + margin, 'positive');
  const r1 = restrictedP1({ x1: p1, n1: 1, x2: p2 * ratio, n2: ratio }, -margin);
  const r2 = r1 - margin;
  const error = (a: number, b: number) => Math.sqrt(a * (1 - a) + (b * (1 - b)) / ratio);
  const n1 =
    ((normalIsf(alpha) * error(r1, r2) + normalIsf(1 - power) * error(p1, p2)) / (p2 - p1 + margin)) ** 2;
  return { ...sampleSize(n1, ratio), restrictedP1: r1, restrictedP2: r2 };
}

const critical = ({ alpha, sides }: ProportionsDesign): number => normalIsf(alpha / sides);

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
