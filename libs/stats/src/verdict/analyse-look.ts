import { StatsError } from '../stats-error.js';
import { isChanging } from './change-over-time.js';
import { judgeComparisons, type JudgedComparison } from './family.js';
import { integrityReport } from './integrity-report.js';
import { nextMemory } from './memory.js';
import { compareMetric } from './metric-comparison.js';
import { changingReasons, harmReasons, invalidReasons, noEffectReasons, shipReasons } from './reasons.js';
import { prepareLook, type PreparedLook } from './prepared-look.js';
import { armSummary } from './summaries.js';
import type {
  Arm,
  ArmSummary,
  Comparison,
  IntegrityReport,
  LookInput,
  LookResult,
  Reason,
  VerdictCode,
} from './types.js';
import { waitingFor } from './waiting.js';

/** Version of the estimators; part of every stored look. Changes whenever a figure could change. */
export const ESTIMATOR_VERSION = '1.8.0';

/**
 * The verdict engine: from the sufficient statistics of one look and an immutable plan to integrity, estimates,
 * intervals and one verdict per comparison, with reasons in words.
 *
 * Order, first that applies: STOP_HARM, INVALID, SHIP, STOP_NO_EFFECT, KEEP_RUNNING. Harm and guardrails are
 * always-valid under every plan; success metrics too when the plan is sequential: look as often as you like. The same
 * input gives the same result; nothing is read from outside.
 *
 * @throws StatsError `STATS_SHAPE` not exactly one control, or no treatment; `STATS_DOMAIN` a level, weight or N* outside
 *   its domain, a guardrail without direction
 */
export function analyseLook(raw: LookInput): LookResult {
  const control = controlOf(raw);
  const input = prepareLook(raw, control);
  const integrity = integrityReport({
    epochs: input.epochs,
    crossing: input.crossing,
    previousSrmP: input.memory.srmP,
  });
  const judged = judgeComparisons(input, control);
  return {
    estimatorVersion: ESTIMATOR_VERSION,
    integrity,
    summaries: summariesOf(input),
    comparisons: judged.map((comparison) => conclude(input, integrity, comparison)),
    memory: nextMemory(input, judged, integrity.srmSequential.p),
  };
}

function controlOf(input: LookInput): Arm {
  const controls = input.arms.filter((arm) => arm.control);
  if (controls.length !== 1 || input.arms.length < 2) {
    throw new StatsError(
      'STATS_SHAPE',
      `a look needs one control and a treatment, got ${controls.length} controls`,
    );
  }
  return controls[0]!;
}

function summariesOf(input: PreparedLook): Record<string, Record<string, ArmSummary>> {
  const summaries: [string, Record<string, ArmSummary>][] = input.metrics.map((evidence) => {
    const { metric, prepared, openUnits } = evidence;
    const arms = input.arms.map(({ key }): [string, ArmSummary] => [
      key,
      armSummary(metric.kind, prepared.get(key)!.pooled, openUnits[key] ?? 0, input.exposed.get(key)!),
    ]);
    return [metric.key, Object.fromEntries(arms)];
  });
  return Object.fromEntries(summaries);
}

function conclude(input: PreparedLook, integrity: IntegrityReport, judged: JudgedComparison): Comparison {
  const { verdict, reasons: why, expectedDays } = decide(input, integrity, judged);
  const changing = changingReasons(judged);
  const reasons = changing.length === 0 ? why : [...why, ...changing];
  return {
    control: judged.control,
    treatment: judged.treatment,
    verdict,
    reasons,
    metrics: input.metrics.map(({ metric, adjustment, prepared, contrasts }) =>
      compareMetric({
        metric,
        adjustment,
        contrast: contrasts.get(judged.treatment)!,
        control: prepared.get(judged.control)!.pooled,
        treatment: prepared.get(judged.treatment)!.pooled,
        nStar: judged.nStar,
        alpha: input.plan.alpha,
        benefit: judged.benefits.get(metric.key),
        guardrail: judged.guardrails.get(metric.key),
        discovery: judged.discoveries.get(metric.key),
        changing: isChanging(judged.bounds.get(metric.key)),
      }),
    ),
    expectedDays,
  };
}

interface Decision {
  readonly verdict: VerdictCode;
  readonly reasons: readonly Reason[];
  readonly expectedDays: number | null;
}

function decide(input: PreparedLook, integrity: IntegrityReport, judged: JudgedComparison): Decision {
  const stop = (verdict: VerdictCode, reasons: readonly Reason[]): Decision => ({
    verdict,
    reasons,
    expectedDays: null,
  });

  // Harm first: a broken split is no reason to keep hurting people.
  const harm = harmReasons(input, judged);
  if (harm.length > 0) return stop('STOP_HARM', [...harm, ...integrity.reasons]);

  const invalid = [...integrity.reasons, ...invalidReasons(judged)];
  if (invalid.length > 0) return stop('INVALID', invalid);

  const benefits = [...judged.benefits.values()];
  const guardrailsHold = [...judged.guardrails.values()].every((result) => result.outcome !== 'undecided');
  const better = benefits.some((benefit) => benefit.better);
  const lasting = benefits.some((benefit) => benefit.better && !judged.fading.has(benefit.metric));
  if (lasting && guardrailsHold && input.fullDays >= input.plan.minDays)
    return stop('SHIP', shipReasons(input, judged));

  if (benefits.length > 0 && benefits.every((benefit) => benefit.noEffect)) {
    return stop('STOP_NO_EFFECT', noEffectReasons(input, judged));
  }
  const waiting = waitingFor(input, judged);
  const soFar = better ? shipReasons(input, judged).filter((reason) => reason.code === 'BETTER') : [];
  return {
    verdict: 'KEEP_RUNNING',
    reasons: [...waiting.reasons, ...soFar],
    expectedDays: waiting.expectedDays,
  };
}
