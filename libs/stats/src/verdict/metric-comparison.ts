import type { CovariateAdjustment } from '../cuped/covariate-adjustment.js';
import type { Mutable } from '../mutable.js';
import { tuneTwoSided, twoSidedLogP } from '../sequential/asymptotic-cs.js';
import { missingBurnIn } from './burn-in.js';
import type { BenefitResult } from './benefit.js';
import type { Contrast, ContrastResult } from './contrast.js';
import type { GuardrailEvaluation } from './guardrail.js';
import { differenceInterval, liftInterval, liftOf } from './sequential-interval.js';
import { fixedTest } from './summaries.js';
import type { ArmMoments, Discovery, GuardrailResult, MetricComparison, MetricPlan } from './types.js';

/** One metric in one comparison, with what its role has already decided. */
export interface MetricComparisonInput {
  readonly metric: MetricPlan;
  readonly contrast: ContrastResult;
  /** Moments of each arm over all epochs. */
  readonly control: ArmMoments;
  readonly treatment: ArmMoments;
  readonly nStar: number;
  readonly alpha: number;
  /** What the metric's covariate explains; null without one. */
  readonly adjustment: CovariateAdjustment | null;
  readonly benefit?: BenefitResult | undefined;
  readonly guardrail?: GuardrailEvaluation | undefined;
  readonly discovery?: Discovery | undefined;
  /** Intervals of different looks exclude each other. */
  readonly changing?: boolean;
}

/** Estimates, fixed test, intervals and outcome of one metric in one comparison. */
export function compareMetric(input: MetricComparisonInput): MetricComparison {
  const { metric, contrast, nStar, alpha, benefit, guardrail } = input;
  const level = benefit?.level ?? alpha;
  const rho = tuneTwoSided(alpha, nStar);
  const known = contrast.kind === 'contrast';
  // No spreading of conditions: a look makes dozens of these, and each spread costs more than its figures.
  const figures = known
    ? estimates(input, contrast, { level, rho })
    : nothingYet(contrast.reason, { level, nStar });
  const result: Mutable<MetricComparison> = {
    metric: metric.key,
    role: metric.role,
    direction: metric.direction,
    difference: figures.difference,
    se: figures.se,
    lift: figures.lift,
    liftSe: figures.liftSe,
    adjustment: figures.adjustment,
    welch: figures.welch,
    sequential: figures.sequential,
    interval95: figures.interval95,
    interval999: figures.interval999,
    adjustedP: benefit ? benefit.adjustedP : null,
    outcome: outcomeOf(benefit, guardrail, known),
    notes: figures.notes,
  };
  if (guardrail) result.guardrail = resultOf(guardrail);
  if (input.discovery) result.discovery = input.discovery;
  if (benefit?.planned) result.planned = benefit.planned;
  return result;
}

/** What the data say, before any role. */
type Figures = Pick<
  MetricComparison,
  | 'difference'
  | 'se'
  | 'lift'
  | 'liftSe'
  | 'adjustment'
  | 'welch'
  | 'sequential'
  | 'interval95'
  | 'interval999'
  | 'notes'
>;

function nothingYet(reason: string, { level, nStar }: { level: number; nStar: number }): Figures {
  return {
    difference: null,
    se: null,
    lift: null,
    liftSe: null,
    adjustment: null,
    welch: null,
    sequential: { level, nStar, difference: null, lift: null, p: null, burnIn: true },
    interval95: null,
    interval999: null,
    notes: [`No estimate yet: ${reason}.`],
  };
}

function estimates(
  { metric, control, treatment, nStar, adjustment, changing }: MetricComparisonInput,
  contrast: Contrast,
  { level, rho }: { level: number; rho: number },
): Figures {
  const missing = missingBurnIn(metric, contrast.control.pooled, contrast.treatment.pooled);
  const lift = liftOf(contrast);
  const liftCs = liftInterval(contrast, rho, level);
  const hasError = contrast.se > 0;
  const point = { estimate: contrast.difference, se: contrast.se, n: contrast.n };
  const notes: string[] = [];
  if (missing !== null) notes.push(`Too early to decide: ${missing}.`);
  if (!hasError) notes.push('No variance in either arm: no interval can be given.');
  if (lift === null || (hasError && liftCs === null))
    notes.push('Control too close to zero for a relative lift.');
  if (changing)
    notes.push('The effect is changing over time: the intervals of different looks exclude each other.');
  if (metric.kind === 'ratio' && Math.min(contrast.control.pooled.n, contrast.treatment.pooled.n) < 50) {
    notes.push('Fewer than 50 units in an arm: the error of a ratio is understated.');
  }
  return {
    difference: contrast.difference,
    se: contrast.se,
    lift: lift?.lift ?? null,
    liftSe: lift?.se ?? null,
    adjustment: adjustmentOf(contrast, adjustment),
    welch: fixedTest(metric.kind, control, treatment),
    sequential: {
      level,
      nStar,
      difference: differenceInterval(contrast, rho, level),
      lift: liftCs,
      p: hasError && missing === null ? Math.exp(twoSidedLogP(point, rho)) : null,
      burnIn: missing !== null,
    },
    interval95: differenceInterval(contrast, tuneTwoSided(0.05, nStar), 0.05),
    interval999: differenceInterval(contrast, tuneTwoSided(0.001, nStar), 0.001),
    notes,
  };
}

function adjustmentOf(
  { se, unadjusted }: Contrast,
  adjustment: CovariateAdjustment | null,
): MetricComparison['adjustment'] {
  if (!unadjusted || !adjustment) return null;
  const { theta, coverage } = adjustment;
  return {
    theta,
    coverage,
    varianceReduction: 1 - (se / unadjusted.se) ** 2,
    unadjusted: {
      difference: unadjusted.difference,
      se: unadjusted.se,
      lift: liftOf(unadjusted)?.lift ?? null,
    },
  };
}

function outcomeOf(
  benefit: BenefitResult | undefined,
  guardrail: GuardrailEvaluation | undefined,
  estimated: boolean,
): MetricComparison['outcome'] {
  if (guardrail) return guardrail.outcome === 'undecided' && !estimated ? 'insufficient' : guardrail.outcome;
  if (!benefit) return estimated ? 'exploratory' : 'insufficient';
  if (benefit.worse) return 'worse';
  if (!estimated) return 'insufficient';
  return benefit.better ? 'better' : benefit.noEffect ? 'no-effect' : 'undecided';
}

function resultOf(evaluation: GuardrailEvaluation): GuardrailResult {
  const { outcome, margin, marginAbsolute, nonInferiorityBound, proven, harmP, harmAlpha, burnIn } =
    evaluation;
  return { outcome, margin, marginAbsolute, nonInferiorityBound, proven, harmP, harmAlpha, burnIn };
}
