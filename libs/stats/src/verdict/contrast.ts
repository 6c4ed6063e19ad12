import { mergeArmMoments, EMPTY_ARM_MOMENTS } from '../accumulators/arm-moments.js';
import type { ArmAdjustment } from '../cuped/covariate-adjustment.js';
import type { Mutable } from '../mutable.js';
import { ratioEstimate } from '../ratios/ratio.js';
import type { ArmMoments, MetricKind } from './types.js';

/** Moments of one arm in one epoch. */
export interface EpochMoments {
  readonly number: number;
  readonly moments: ArmMoments;
  /** What a covariate takes off the arm's value, and the variance of what is left. */
  readonly adjustment?: ArmAdjustment | undefined;
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
  /** The same without the covariate, where one was used. */
  readonly unadjusted?: Contrast;
}

export type ContrastResult = Contrast | { readonly kind: 'insufficient'; readonly reason: string };

/** Value of an arm in an epoch, what its rounding lost, and the variance of the value. */
interface ArmValue {
  readonly value: number;
  readonly rest: number;
  readonly variance: number;
}

/** Null where undefined. */
function armValue(kind: MetricKind, m: ArmMoments): ArmValue | null {
  if (m.n < 2) return null;
  if (kind === 'ratio') {
    const ratio = ratioEstimate(m);
    return ratio === null ? null : { value: ratio.ratio, rest: 0, variance: ratio.variance / m.n };
  }
  if (kind === 'quantile') {
    const { value = 0, variance = null } = m.quantile ?? {};
    return variance === null ? null : { value, rest: 0, variance };
  }
  return { value: m.mean, rest: m.meanRest ?? 0, variance: m.m2 / (m.n - 1) / m.n };
}

/**
 * An error below this share of the plain one is the rounding of a covariate that explains everything: as an error it
 * would make anything significant, while the plain one is still true.
 */
const ALL_EXPLAINED = 1e-6;

/** One epoch of a comparison: its weight, both arms, and their values as they are without a covariate. */
interface Stratum {
  readonly weight: number;
  readonly control: EpochMoments;
  readonly treatment: EpochMoments;
  readonly c: ArmValue;
  readonly t: ArmValue;
}

/** Moments of both arms over all of their epochs, where they are known already. */
export interface PooledArms {
  readonly control: ArmMoments;
  readonly treatment: ArmMoments;
}

/**
 * Combines epochs with weights n_c n_t / (n_c + n_t), the same for both arms, so that changing traffic shares never
 * turn a trend over time into an effect. Inverse variances would give a stratum without errors infinite weight.
 *
 * An epoch in which an arm has fewer than two units, or an undefined ratio or quantile, says nothing about the difference and is
 * left out. Adjustments by a covariate are used where every epoch has them and together they narrow the error.
 *
 * @param known the moments of each list merged; found out when absent
 * @throws StatsError `STATS_DOMAIN` n or an M2 negative, a figure not finite
 */
export function contrastOf(
  kind: MetricKind,
  control: readonly EpochMoments[],
  treatment: readonly EpochMoments[],
  known?: PooledArms,
): ContrastResult {
  const strata: Stratum[] = [];
  let covered = true;
  for (const t of treatment) {
    const c = control.find((epoch) => epoch.number === t.number);
    const cv = c && armValue(kind, c.moments);
    const tv = armValue(kind, t.moments);
    if (!c || !cv || !tv) continue;
    const [nc, nt] = [c.moments.n, t.moments.n];
    strata.push({ weight: nc * (nt / (nc + nt)), control: c, treatment: t, c: cv, t: tv });
    covered &&= c.adjustment !== undefined && t.adjustment !== undefined;
  }
  if (strata.length === 0) {
    return insufficient(
      kind === 'quantile'
        ? 'too few events beyond the quantile, or fewer than two units, in an arm'
        : 'fewer than two units with a value in an arm',
    );
  }
  const all = strata.length === control.length && strata.length === treatment.length;
  const pooled = all && known ? known : poolOf(strata);
  const plain = combine(strata, pooled, false);
  if (!covered) return plain;
  const adjusted = combine(strata, pooled, true);
  if (!(adjusted.se < plain.se && adjusted.se > ALL_EXPLAINED * plain.se)) return plain;
  adjusted.unadjusted = plain;
  return adjusted;
}

function poolOf(strata: readonly Stratum[]): PooledArms {
  let [control, treatment] = [EMPTY_ARM_MOMENTS, EMPTY_ARM_MOMENTS];
  for (const stratum of strata) {
    control = mergeArmMoments(control, stratum.control.moments);
    treatment = mergeArmMoments(treatment, stratum.treatment.moments);
  }
  return { control, treatment };
}

/** Both sides averaged over the epochs, as they are or with what the covariate explains taken off. */
function combine(strata: readonly Stratum[], pooled: PooledArms, adjusted: boolean): Mutable<Contrast> {
  let total = 0;
  for (const { weight } of strata) total += weight;
  // Both sides are averaged around one value, so that leading digits they share cost the difference nothing.
  const origin = strata[0]!.c.value;
  let [control, controlVariance, treatment, treatmentVariance] = [0, 0, 0, 0];
  for (const stratum of strata) {
    const { c, t } = stratum;
    const share = stratum.weight / total;
    const ofControl = c.value - origin + c.rest;
    const ofTreatment = t.value - origin + t.rest;
    const [a, b] = [stratum.control.adjustment, stratum.treatment.adjustment];
    control += share * (adjusted ? ofControl - a!.shift : ofControl);
    treatment += share * (adjusted ? ofTreatment - b!.shift : ofTreatment);
    controlVariance += share * share * (adjusted ? a!.variance : c.variance);
    treatmentVariance += share * share * (adjusted ? b!.variance : t.variance);
  }
  return {
    kind: 'contrast',
    control: { value: origin + control, variance: controlVariance, pooled: pooled.control },
    treatment: { value: origin + treatment, variance: treatmentVariance, pooled: pooled.treatment },
    n: pooled.control.n + pooled.treatment.n,
    difference: treatment - control,
    se: Math.sqrt(controlVariance + treatmentVariance),
  };
}

/** treatment − factor × control, and its standard error. */
export function linearContrast(contrast: Contrast, factor: number): { estimate: number; se: number } {
  const { control, treatment } = contrast;
  return {
    estimate: treatment.value - factor * control.value,
    // From the right: a large factor's square is infinite, and that times no variance no number.
    se: Math.sqrt(treatment.variance + factor * (factor * control.variance)),
  };
}

function insufficient(reason: string): ContrastResult {
  return { kind: 'insufficient', reason };
}
