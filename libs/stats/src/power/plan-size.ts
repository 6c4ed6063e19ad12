import type { ArmMoments, Amount, DecisionPlan } from '../verdict/types.js';
import { requireArmMoments } from '../accumulators/arm-moments.js';
import { ratioEstimate } from '../ratios/ratio.js';
import {
  inRange,
  requireAlpha,
  requireFinite,
  requireNotNegative,
  requirePositive,
  requireProbability,
} from '../stats-error.js';
import { methodInflation } from './inflation.js';
import { meansMde, meansSampleSize, nonInferioritySampleSize } from './means-power.js';

/** What a metric looks like without any change: per unit, or for a ratio by the delta method. */
export interface Baseline {
  readonly mean: number;
  /** Of one unit. */
  readonly variance: number;
  /** Units it was measured on; null when somebody stated it. */
  readonly units: number | null;
}

/** The parts of a plan that say how many units a question needs. */
export interface PlanQuestion {
  /** Relative weights; the control's first. */
  readonly control: number;
  readonly treatments: readonly number[];
  /** Two-sided, over all success metrics and comparisons. */
  readonly alpha: number;
  readonly power: number;
  readonly successMetrics: number;
  readonly guardrails: number;
  /** One-sided. */
  readonly alphaNonInferiority: number;
  /** How success metrics are tested; guardrails are always-valid under every plan. */
  readonly method: DecisionPlan['method'];
}

/** The baseline that history shows, or null when it shows none. */
export function baselineOf(moments: ArmMoments): Baseline | null {
  requireArmMoments(moments);
  if (moments.n < 2) return null;
  if (!moments.denominator)
    return { mean: moments.mean, variance: moments.m2 / (moments.n - 1), units: moments.n };
  const estimate = ratioEstimate(moments);
  return estimate && { mean: estimate.ratio, variance: estimate.variance, units: moments.n };
}

/**
 * The baseline somebody states: by its standard deviation, or a rate by its mean alone.
 *
 * @throws StatsError `STATS_DOMAIN` mean not finite, sd negative; without an sd, a mean that is no probability
 */
export function statedBaseline(mean: number, sd?: number): Baseline {
  requireFinite(mean, 'mean');
  if (sd === undefined) requireProbability(mean, 'mean');
  else requireNotNegative(sd, 'sd');
  return { mean, variance: sd === undefined ? mean * (1 - mean) : sd * sd, units: null };
}

/** An amount in the metric's own unit; null when a fraction of nothing was asked. */
export function amountAgainst(amount: Amount, baseline: Baseline): number | null {
  const value = amount.type === 'absolute' ? amount.value : amount.value * Math.abs(baseline.mean);
  return value > 0 ? value : null;
}

/**
 * Units over all arms that find a true effect of `mde` with the asked power.
 *
 * The level is split over success metrics and comparisons, the power corrected for guardrails to
 * 1 − (1 − power) / (G + 1), and the size of a fixed test multiplied by what the method's looks cost.
 *
 * @param mde in the metric's own unit, positive
 * @returns null when the metric does not vary
 * @throws StatsError `STATS_DOMAIN` a level or power outside (0, 1), weights not positive (treatments may be 0, not all of
 *   them), an effect or a size beyond the range of doubles
 */
export function unitsForBenefit(question: PlanQuestion, baseline: Baseline, mde: number): number | null {
  return largest(
    question,
    baseline,
    (design, power) =>
      meansSampleSize({ ...design, sides: 2 }, mde, power).n1 *
      methodInflation(question.method, { power, alpha: design.alpha }),
  );
}

/** Units over all arms that prove a guardrail within its margin when nothing has changed. */
export function unitsForNonInferiority(
  question: PlanQuestion,
  baseline: Baseline,
  margin: number,
): number | null {
  const alpha = question.alphaNonInferiority;
  return largest(
    question,
    baseline,
    (design, power) =>
      nonInferioritySampleSize({ ...design, alpha }, 0, margin, power).n1 *
      methodInflation('sequential', { power, alpha, sides: 1 }),
  );
}

/** The smallest effect, in the metric's own unit, that so many units over all arms find in every comparison. */
export function effectAt(question: PlanQuestion, baseline: Baseline, units: number): number | null {
  requireQuestion(question);
  if (!(baseline.variance > 0) || !(units > 0)) return null;
  const power = correctedPower(question);
  const total = totalWeight(question);
  const effects = liveTreatments(question).map((weight) => {
    const design = designOf(question, baseline, weight);
    const inflation = methodInflation(question.method, { power, alpha: design.alpha });
    return meansMde({ ...design, sides: 2 }, power, (units * question.control) / total / inflation);
  });
  // A power below the level is had without any effect.
  return inRange(Math.max(0, ...effects), 'effect');
}

/**
 * Units that decide a margin `factor` times as wide as the one `units` were planned for: the required size goes with the
 * square of what it has to tell apart. At least two, one of each arm.
 */
export function unitsAtMargin(units: number, factor: number): number {
  requirePositive(factor, 'factor');
  return Math.max(2, Math.ceil(inRange(units / factor / factor, 'units')));
}

/** Power each metric needs for all guardrails and the success to hold together. */
export function correctedPower({ power, guardrails }: Pick<PlanQuestion, 'power' | 'guardrails'>): number {
  requireAlpha(power, 'power');
  requireNotNegative(guardrails, 'guardrails');
  return 1 - (1 - power) / (guardrails + 1);
}

/** Level of one success metric in one comparison. Throws as `unitsForBenefit`. */
export function splitAlpha(question: PlanQuestion): number {
  requireQuestion(question);
  return question.alpha / (Math.max(1, question.successMetrics) * liveTreatments(question).length);
}

interface Design {
  readonly var1: number;
  readonly var2: number;
  readonly ratio: number;
  readonly alpha: number;
}

function largest(
  question: PlanQuestion,
  baseline: Baseline,
  controlUnits: (design: Design, power: number) => number,
): number | null {
  requireQuestion(question);
  if (!(baseline.variance > 0)) return null;
  const power = correctedPower(question);
  const share = question.control / totalWeight(question);
  const sizes = liveTreatments(question).map((weight) =>
    controlUnits(designOf(question, baseline, weight), power),
  );
  return Math.ceil(inRange(Math.max(...sizes) / share, 'units'));
}

function designOf(question: PlanQuestion, baseline: Baseline, weight: number): Design {
  return {
    var1: baseline.variance,
    var2: baseline.variance,
    ratio: weight / question.control,
    alpha: splitAlpha(question),
  };
}

const liveTreatments = ({ treatments }: Pick<PlanQuestion, 'treatments'>): number[] =>
  treatments.filter((weight) => weight > 0);

const totalWeight = (question: PlanQuestion): number =>
  question.treatments.reduce((sum, weight) => sum + weight, question.control);

function requireQuestion({ control, treatments, alpha, power, successMetrics }: PlanQuestion): void {
  requirePositive(control, 'control');
  for (const weight of treatments) requireNotNegative(weight, 'treatments');
  requirePositive(Math.max(0, ...treatments), 'the largest treatment');
  requireNotNegative(successMetrics, 'successMetrics');
  requireAlpha(alpha);
  requireAlpha(power, 'power');
}
