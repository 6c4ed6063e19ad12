import { mergeArmMoments, EMPTY_ARM_MOMENTS } from '../accumulators/arm-moments.js';
import { ratioEstimate } from '../ratios/ratio.js';
import type { ArmMoments, MetricKind } from './types.js';

/** Moments of one arm in one epoch. */
export interface EpochMoments {
  readonly number: number;
  readonly moments: ArmMoments;
}

/** One side of a comparison over all epochs: its value, the variance of that value, and the units behind it. */
export interface ContrastSide {
  readonly value: number;
  readonly variance: number;
  readonly pooled: ArmMoments;
}

/** Treatment against control, epochs combined with the same weights on both sides. */
export interface Contrast {
  readonly kind: 'contrast';
  readonly control: ContrastSide;
  readonly treatment: ContrastSide;
  /** Units of both arms. */
  readonly n: number;
  readonly difference: number;
  readonly se: number;
}

export type ContrastResult = Contrast | { readonly kind: 'insufficient'; readonly reason: string };

/** Value of an arm in an epoch (what its rounding lost apart) and the variance of that value; null where undefined. */
function armValue(kind: MetricKind, m: ArmMoments): { value: number; rest: number; variance: number } | null {
  if (m.n < 2) return null;
  if (kind === 'ratio') {
    const ratio = ratioEstimate(m);
    return ratio === null ? null : { value: ratio.ratio, rest: 0, variance: ratio.variance / m.n };
  }
  return { value: m.mean, rest: m.meanRest ?? 0, variance: m.m2 / (m.n - 1) / m.n };
}

/**
 * Combines epochs with weights n_c n_t / (n_c + n_t), the same for both arms, so that changing traffic shares never
 * turn a trend over time into an effect. Inverse variances would give a stratum without errors infinite weight.
 *
 * An epoch in which an arm has fewer than two units, or an undefined ratio, says nothing about the difference and is
 * left out.
 */
export function contrastOf(
  kind: MetricKind,
  control: readonly EpochMoments[],
  treatment: readonly EpochMoments[],
): ContrastResult {
  if (kind === 'quantile') return insufficient('a quantile needs more than moments');
  const sides = { control: side(), treatment: side() };
  // Both sides are averaged around one value, so that leading digits they share cost the difference nothing.
  let origin: number | null = null;
  let total = 0;
  for (const { number, moments: t } of treatment) {
    const c = control.find((epoch) => epoch.number === number)?.moments;
    const cv = c && armValue(kind, c);
    const tv = armValue(kind, t);
    if (!c || !cv || !tv) continue;
    const weight = (c.n * t.n) / (c.n + t.n);
    total += weight;
    origin ??= cv.value;
    sides.control.add(weight, { ...cv, value: cv.value - origin + cv.rest }, c);
    sides.treatment.add(weight, { ...tv, value: tv.value - origin + tv.rest }, t);
  }
  if (origin === null) return insufficient('fewer than two units with a value in an arm');
  const c = sides.control.over(total);
  const t = sides.treatment.over(total);
  return {
    kind: 'contrast',
    control: { ...c, value: origin + c.value },
    treatment: { ...t, value: origin + t.value },
    n: c.pooled.n + t.pooled.n,
    difference: t.value - c.value,
    se: Math.sqrt(c.variance + t.variance),
  };
}

/** treatment − factor × control, and its standard error. */
export function linearContrast(contrast: Contrast, factor: number): { estimate: number; se: number } {
  const { control, treatment } = contrast;
  return {
    estimate: treatment.value - factor * control.value,
    se: Math.sqrt(treatment.variance + factor * factor * control.variance),
  };
}

function side() {
  let value = 0;
  let variance = 0;
  let pooled = EMPTY_ARM_MOMENTS;
  return {
    add(weight: number, of: { value: number; variance: number }, moments: ArmMoments): void {
      value += weight * of.value;
      variance += weight * weight * of.variance;
      pooled = mergeArmMoments(pooled, moments);
    },
    over: (total: number): ContrastSide => ({
      value: value / total,
      variance: variance / (total * total),
      pooled,
    }),
  };
}

function insufficient(reason: string): ContrastResult {
  return { kind: 'insufficient', reason };
}
