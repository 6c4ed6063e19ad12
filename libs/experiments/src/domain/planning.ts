import {
  type Amount,
  type ArmMoments,
  type DecisionPlan,
  meansMde,
  meansSampleSize,
  nonInferioritySampleSize,
  ratioEstimate,
  methodInflation,
} from '@app/stats';

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
  if (moments.n < 2) return null;
  if (!moments.denominator)
    return { mean: moments.mean, variance: moments.m2 / (moments.n - 1), units: moments.n };
  const estimate = ratioEstimate(moments);
  return estimate && { mean: estimate.ratio, variance: estimate.variance, units: moments.n };
}

/** An amount in the metric's own unit; null when a fraction of nothing was asked. */
export function absoluteAmount(amount: Amount, baseline: Baseline): number | null {
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
  if (!(baseline.variance > 0) || !(units > 0)) return null;
  const power = correctedPower(question);
  const total = totalWeight(question);
  const effects = liveTreatments(question).map((weight) => {
    const design = designOf(question, baseline, weight);
    const inflation = methodInflation(question.method, { power, alpha: design.alpha });
    return meansMde({ ...design, sides: 2 }, power, (units * question.control) / total / inflation);
  });
  return Math.max(...effects);
}

/** Power each metric needs for all guardrails and the success to hold together. */
export function correctedPower({ power, guardrails }: Pick<PlanQuestion, 'power' | 'guardrails'>): number {
  return 1 - (1 - power) / (guardrails + 1);
}

/** Level of one success metric in one comparison. */
export function splitAlpha(question: PlanQuestion): number {
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
  if (!(baseline.variance > 0)) return null;
  const power = correctedPower(question);
  const share = question.control / totalWeight(question);
  const sizes = liveTreatments(question).map((weight) =>
    controlUnits(designOf(question, baseline, weight), power),
  );
  return Math.ceil(Math.max(...sizes) / share);
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
