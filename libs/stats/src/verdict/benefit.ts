import { holmSteps } from '../multiplicity/adjust.js';
import { tuneTwoSided, twoSidedLogP, twoSidedRadius } from '../sequential/asymptotic-cs.js';
import { missingBurnIn } from './burn-in.js';
import { contrastOf, type ContrastResult, type EpochMoments } from './contrast.js';
import { signOf, slackWithin } from './orientation.js';
import { differenceInterval } from './sequential-interval.js';
import type { Interval, MetricPlan, PlannedProgress } from './types.js';

/** One success metric in one comparison. */
export interface BenefitInput {
  readonly metric: MetricPlan;
  readonly control: readonly EpochMoments[];
  readonly treatment: readonly EpochMoments[];
  /** Of these epochs, where it is known already. */
  readonly contrast?: ContrastResult;
  /** N* frozen at start. */
  readonly nStar: number;
  /** Running minimum of p over earlier looks at which the metric was worse; 1 when absent. */
  readonly previousWorseP?: number;
}

/** What the current sequence says of one success metric, after Holm over the whole family given. */
export interface BenefitResult {
  readonly metric: string;
  readonly contrast: ContrastResult;
  /** Two-sided p of the current sequence; null before burn-in or without variance. */
  readonly p: number | null;
  readonly adjustedP: number | null;
  /** Level of the metric's Holm step and the interval of the difference at that level. */
  readonly level: number;
  readonly interval: Interval | null;
  /** Significantly better by the current sequence. */
  readonly better: boolean;
  /** Significantly worse, now or at an earlier look. */
  readonly worse: boolean;
  /** The upper bound of the benefit is below the smallest effect worth having. */
  readonly noEffect: boolean;
  readonly worseP: number;
  /** What is missing before a decision; null when nothing is. */
  readonly missing: string | null;
  /** Enough units, yet no variance or an undefined ratio: the effect cannot be estimated. */
  readonly nonEstimable: boolean;
  /** Plans other than sequential: how far the planned test has come. */
  readonly planned?: PlannedProgress;
}

/**
 * Judges the success metrics of all comparisons as one family at two-sided level alpha.
 *
 * Better needs the current sequence (an effect that vanished after a novelty week must not ship); worse may rest on
 * the running minimum. Both run through Holm. All sequences are tuned at `alpha` and N*, whatever level is shown.
 *
 * @param family every success metric × comparison of the experiment, always all of them: the number is the correction
 */
export function evaluateBenefit(family: readonly BenefitInput[], alpha: number): BenefitResult[] {
  const readings = family.map((input) => readOne(input, alpha));
  const current = holmSteps(
    readings.map((reading) => reading.p ?? 1),
    alpha,
  );
  const harmful = holmSteps(
    readings.map((reading) => Math.min(reading.p ?? 1, reading.worseP)),
    alpha,
  );
  return readings.map((reading, i) => {
    const { contrast, rho, metric } = reading;
    const { adjustedP, rejected, level } = current[i]!;
    const known = contrast.kind === 'contrast';
    const gain = known ? signOf(metric.direction) * contrast.difference : 0;
    return {
      metric: metric.key,
      contrast,
      p: reading.p,
      adjustedP,
      level,
      interval: known ? differenceInterval(contrast, rho, level) : null,
      better: rejected && gain > 0,
      worse: harmful[i]!.rejected && reading.worseP <= (reading.p ?? 1),
      noEffect: reading.missing === null && known && belowMde(metric, contrast, rho, level),
      worseP: reading.worseP,
      missing: reading.missing,
      nonEstimable: reading.nonEstimable,
    };
  });
}

/** A success metric before Holm. */
interface Reading extends Pick<BenefitResult, 'contrast' | 'p' | 'worseP' | 'missing' | 'nonEstimable'> {
  readonly metric: MetricPlan;
  readonly rho: number;
}

function readOne(input: BenefitInput, alpha: number): Reading {
  const { metric, nStar, previousWorseP: worseP = 1 } = input;
  const contrast = input.contrast ?? contrastOf(metric.kind, input.control, input.treatment);
  const rho = tuneTwoSided(alpha, nStar);
  if (contrast.kind !== 'contrast') {
    const units = (epochs: readonly EpochMoments[]) =>
      epochs.reduce((sum, epoch) => sum + epoch.moments.n, 0);
    const counts = { n: Math.min(units(input.control), units(input.treatment)), mean: 0.5, m2: 0 };
    const nonEstimable = missingBurnIn(metric, counts, counts) === null;
    return { metric, contrast, rho, p: null, worseP, missing: contrast.reason, nonEstimable };
  }
  const missing = missingBurnIn(metric, contrast.control.pooled, contrast.treatment.pooled);
  if (missing !== null || !(contrast.se > 0)) {
    const nonEstimable = missing === null;
    return { metric, contrast, rho, p: null, worseP, missing: missing ?? 'no variance', nonEstimable };
  }
  const p = Math.exp(twoSidedLogP({ estimate: contrast.difference, se: contrast.se, n: contrast.n }, rho));
  const isWorse = signOf(metric.direction) * contrast.difference < 0;
  const running = isWorse ? Math.min(worseP, p) : worseP;
  return { metric, contrast, rho, p, worseP: running, missing, nonEstimable: false };
}

/** Oriented difference − mde, kept linear, has its always-valid upper bound below 0. */
function belowMde(
  metric: MetricPlan,
  contrast: Extract<ContrastResult, { kind: 'contrast' }>,
  rho: number,
  level: number,
): boolean {
  if (!metric.mde) return false;
  const slack = slackWithin(contrast, metric.direction, { ...metric.mde, value: -metric.mde.value });
  return slack.estimate + slack.se * twoSidedRadius(slack.n, rho, level) < 0;
}
