import { greaterLogP, oneSidedRadius, tuneOneSided, tuneTwoSided } from '../sequential/asymptotic-cs.js';
import { sequentialInflation } from '../power/inflation.js';
import { normalIsf } from '../distributions/normal.js';
import { logMeanExp } from '../special/log-space.js';
import { requireProbability } from '../stats-error.js';
import { missingBurnIn } from './burn-in.js';
import { contrastOf, type Contrast, type ContrastResult, type EpochMoments } from './contrast.js';
import { exactHarmLogE } from './exact-harm.js';
import { exactSlackBound } from './exact-slack.js';
import { absoluteAmount, marginOf, signOf, slackWithin } from './orientation.js';
import { differenceInterval, lowerBound } from './sequential-interval.js';
import type { Amount, GuardrailResult, MetricPlan } from './types.js';

/** Everything a guardrail is judged from. Moments come per epoch; epochs are matched by number. */
export interface GuardrailInput {
  readonly metric: MetricPlan;
  /** The concurrent control of equal standing: non-inferiority is judged against it. */
  readonly control: readonly EpochMoments[];
  readonly treatment: readonly EpochMoments[];
  /** Of these epochs, where it is known already. */
  readonly contrast?: ContrastResult;
  /** Widens the margin at an early stage; 1 when absent. The harm margin is never widened. */
  readonly marginFactor?: number;
  /** One-sided level of non-inferiority. */
  readonly alphaNonInferiority: number;
  /** This guardrail's share of the harm alpha. */
  readonly harmAlpha: number;
  /** N* frozen at start: tunes all sequences of this guardrail. */
  readonly nStar: number;
  /** Running minimum of the harm p-value left by earlier looks; 1 at the first. */
  readonly previousHarmP: number;
  /** An earlier look excluded the margin. It stays proven while the estimate stays within the margin. */
  readonly provenEarlier?: boolean;
  /** All concurrent champion units, where there are more of them than the control; harm is judged against these. */
  readonly harmControl?: readonly EpochMoments[];
  /**
   * Per epoch number, the treatment's assigned share among treatment and harm control. Lets a binary guardrail whose
   * events are bad judge a relative margin by the labels of its events.
   */
  readonly treatmentShare?: Readonly<Record<number, number>>;
  /** Level at which a loss inside the margin is called 'degraded'; 0.05 two-sided when absent. */
  readonly alphaDegraded?: number;
}

/** A guardrail's reading, and the units of both arms at which a treatment without loss should pass. */
export interface GuardrailEvaluation extends GuardrailResult {
  readonly requiredUnits: number | null;
  /** Upper bound of the oriented difference at the harm level: what one can be sure was lost at least. */
  readonly harmBound: number | null;
  /** What is missing before an asymptotic decision; null when nothing is. */
  readonly missing: string | null;
}

/**
 * Judges one guardrail at one look: pass, degraded (a real loss inside the margin), fail (loss beyond the harm
 * margin) or undecided.
 *
 * Pass: the one-sided always-valid bound excludes the margin, now or at an earlier look (the sequence holds at all looks
 * at once, so what it excluded once stays excluded) and the estimate is within it now. Fail: the running harm p-value is within its share of
 * alpha. Before burn-in nothing asymptotic decides; a binary guardrail then falls back on exact Bernoulli sequences,
 * so that a canary without a single error can pass.
 *
 * @throws StatsError `STATS_DOMAIN` the guardrail has no direction, or a level or N* is outside its domain
 */
export function evaluateGuardrail(input: GuardrailInput): GuardrailEvaluation {
  const { metric, harmAlpha, previousHarmP } = input;
  requireProbability(previousHarmP, 'previousHarmP');
  const declared = marginOf(metric);
  const { marginFactor = 1 } = input;
  const margin = marginFactor === 1 ? declared : { ...declared, value: declared.value * marginFactor };
  const contrast = input.contrast ?? contrastOf(metric.kind, input.control, input.treatment);
  const passing = judgeNonInferiority(input, margin, contrast);
  const harm = judgeHarm(input, contrast);
  const harmP = Math.min(previousHarmP, harm.p);
  const outcome =
    harmP <= harmAlpha ? 'fail' : !passing.pass ? 'undecided' : passing.degraded ? 'degraded' : 'pass';
  return {
    outcome,
    margin,
    marginAbsolute: contrast.kind === 'contrast' ? absoluteAmount(margin, contrast.control.value) : null,
    nonInferiorityBound: passing.bound,
    harmP,
    harmAlpha,
    burnIn: passing.missing !== null,
    proven: passing.proven,
    requiredUnits: requiredUnits(input, margin, contrast),
    harmBound: harm.bound,
    missing: passing.missing,
  };
}

interface NonInferiorityReading {
  readonly bound: number | null;
  readonly pass: boolean;
  readonly proven: GuardrailResult['proven'];
  readonly degraded: boolean;
  readonly missing: string | null;
}

function judgeNonInferiority(
  input: GuardrailInput,
  margin: Amount,
  contrast: ContrastResult,
): NonInferiorityReading {
  if (contrast.kind !== 'contrast')
    return { bound: null, pass: false, proven: 'no', degraded: false, missing: contrast.reason };
  const { metric, alphaNonInferiority: alpha, nStar } = input;
  const missing = missingBurnIn(metric, contrast.control.pooled, contrast.treatment.pooled);
  if (missing !== null && metric.kind === 'proportion') {
    const bound = exactSlackBound(contrast, metric.direction, margin, alpha, nStar);
    return { bound, pass: bound > 0, proven: bound > 0 ? 'now' : 'no', degraded: false, missing };
  }
  const slack = slackWithin(contrast, metric.direction, margin);
  if (!(slack.se > 0))
    return { bound: null, pass: false, proven: 'no', degraded: false, missing: missing ?? 'no variance' };
  const bound = lowerBound(slack, tuneOneSided(alpha, nStar), alpha);
  const proven =
    missing !== null
      ? 'no'
      : bound > 0
        ? 'now'
        : input.provenEarlier && slack.estimate > 0
          ? 'earlier'
          : 'no';
  const pass = proven !== 'no';
  return { bound, pass, proven, degraded: pass && isDegraded(input, contrast), missing };
}

function isDegraded(input: GuardrailInput, contrast: Contrast): boolean {
  const level = input.alphaDegraded ?? 0.05;
  const interval = differenceInterval(contrast, tuneTwoSided(level, input.nStar), level);
  if (!interval) return false;
  return signOf(input.metric.direction) === 1 ? interval.upper! < 0 : interval.lower! > 0;
}

/** p of "no loss beyond the harm margin" at this look, and the surest loss. */
function judgeHarm(input: GuardrailInput, concurrent: ContrastResult): { p: number; bound: number | null } {
  const { metric, treatment, treatmentShare, harmAlpha, nStar } = input;
  const control = input.harmControl ?? input.control;
  const amount = metric.harmMargin ?? marginOf(metric);
  const contrast = input.harmControl ? contrastOf(metric.kind, control, treatment) : concurrent;
  const exact = exactHarmLogE({ metric, control, treatment, amount, treatmentShare });
  const rho = tuneOneSided(harmAlpha, nStar);
  // Nothing claimed counts as e = 0, not 1: that keeps the average below a true e-process at every look.
  let asymptotic = -Infinity;
  let bound: number | null = null;
  if (
    contrast.kind === 'contrast' &&
    missingBurnIn(metric, contrast.control.pooled, contrast.treatment.pooled) === null
  ) {
    const slack = slackWithin(contrast, metric.direction, amount);
    if (slack.se > 0) {
      const logP = greaterLogP({ estimate: -slack.estimate, se: slack.se, n: slack.n }, rho);
      if (logP < 0) asymptotic = -logP;
      const oriented = signOf(metric.direction) * contrast.difference;
      bound = oriented + contrast.se * oneSidedRadius(contrast.n, rho, harmAlpha);
    }
  }
  // The average of e-values is an e-value: the exact process covers the start, the asymptotic one large counts.
  const logE = exact === null ? asymptotic : logMeanExp([asymptotic, exact]);
  return { p: Math.min(1, Math.exp(-logE)), bound };
}

/** Units of both arms at the present split that pass at no true loss with 80 % power, whatever the burn-in asks. */
function requiredUnits(input: GuardrailInput, margin: Amount, contrast: ContrastResult): number | null {
  if (contrast.kind !== 'contrast') return null;
  const { se } = slackWithin(contrast, input.metric.direction, margin);
  const size = absoluteAmount(margin, contrast.control.value);
  if (!(se > 0) || !(size > 0)) return null;
  const quantiles = normalIsf(input.alphaNonInferiority) + normalIsf(0.2);
  const inflation = sequentialInflation({ power: 0.8, alpha: input.alphaNonInferiority, sides: 1 });
  const units = Math.ceil(inflation * contrast.n * ((quantiles * se) / size) ** 2);
  return Number.isFinite(units) ? units : null;
}
