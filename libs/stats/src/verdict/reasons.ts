import type { BenefitResult } from './benefit.js';
import { isChanging } from './change-over-time.js';
import type { GuardrailEvaluation } from './guardrail.js';
import type { Contrast } from './contrast.js';
import { absoluteAmount, signOf } from './orientation.js';
import type { PreparedEvidence, PreparedLook } from './prepared-look.js';
import type { MetricPlan, Reason } from './types.js';
import type { JudgedComparison } from './family.js';
import { amountText, list, percent, pText, sizeText, sureText } from './words.js';

/** A guardrail that failed, or a success metric that is worse. */
export function harmReasons(input: PreparedLook, judged: JudgedComparison): Reason[] {
  return input.metrics.flatMap((evidence) => {
    const { metric } = evidence;
    const guardrail = judged.guardrails.get(metric.key);
    if (guardrail?.outcome === 'fail') return [guardrailHarm(evidence, judged, guardrail)];
    const benefit = judged.benefits.get(metric.key);
    if (benefit?.worse) return [successHarm(metric, benefit)];
    return [];
  });
}

function guardrailHarm(
  evidence: PreparedEvidence,
  judged: JudgedComparison,
  result: GuardrailEvaluation,
): Reason {
  const { metric } = evidence;
  const limit = metric.harmMargin ?? result.margin;
  const contrast = contrastIn(evidence, judged);
  const sign = signOf(metric.direction);
  const loss = contrast ? -sign * contrast.difference : 0;
  const surely = result.harmBound !== null ? -result.harmBound : 0;
  const limitText = `the limit was ${amountText(metric, limit)}${result.margin.isDefault && !metric.harmMargin ? ' (default)' : ''}`;
  const certain =
    surely > (contrast ? absoluteAmount(limit, contrast.control.value) * 0.999 : 0) && surely > 0;
  const message = certain
    ? `${metric.key} is worse by ${sizeText(metric, loss)} (${sureText(result.harmAlpha)} sure of at least ${sizeText(metric, surely)}), ${limitText}.`
    : `${metric.key} was shown to be worse than allowed (p = ${pText(result.harmP ?? 1)}, needed ${pText(result.harmAlpha)}), ${limitText}; ${contrast ? `the difference is now ${signed(metric, contrast)}` : 'no figures at this look'}.`;
  return { code: 'HARM_GUARDRAIL', metric: metric.key, message };
}

function successHarm(metric: MetricPlan, benefit: BenefitResult): Reason {
  const { contrast, interval } = benefit;
  const sign = signOf(metric.direction);
  const known = contrast.kind === 'contrast' && -sign * contrast.difference > 0 && interval;
  const sure = known ? (sign === 1 ? -interval.upper! : interval.lower!) : 0;
  const message =
    known && sure > 0
      ? `${metric.key} is worse by ${sizeText(metric, contrast.difference)} (${sureText(benefit.level)} sure of at least ${sizeText(metric, sure)}); it was meant to get better.`
      : `${metric.key} was shown to be worse (p = ${pText(benefit.worseP)}); it was meant to get better.`;
  return { code: 'HARM_SUCCESS_METRIC', metric: metric.key, message };
}

/** Success metrics that got better, with their intervals, and guardrails that hold. */
export function shipReasons(input: PreparedLook, judged: JudgedComparison): Reason[] {
  const better = input.metrics.flatMap(({ metric }): Reason[] => {
    const benefit = judged.benefits.get(metric.key);
    if (!benefit?.better || benefit.contrast.kind !== 'contrast' || !benefit.interval) return [];
    const { difference, control } = benefit.contrast;
    const ends = [benefit.interval.lower!, benefit.interval.upper!].map(Math.abs).sort((a, b) => a - b);
    const relative =
      control.value === 0 ? '' : `, ${percent(Math.abs(difference / control.value))} of the control`;
    return [
      {
        code: 'BETTER',
        metric: metric.key,
        message: `${metric.key} is better by ${sizeText(metric, difference)}${relative} (${sureText(benefit.level)} sure of ${sizeText(metric, ends[0]!)} to ${sizeText(metric, ends[1]!)}).`,
      },
    ];
  });
  const names = [...judged.guardrails.keys()];
  if (names.length === 0) return better;
  const degraded = [...judged.guardrails]
    .filter(([, result]) => result.outcome === 'degraded')
    .map(([key]) => key);
  const holds: Reason = {
    code: 'GUARDRAILS_PASS',
    message: `${list(names)} ${names.length === 1 ? 'is' : 'are'} proven to stay within ${names.length === 1 ? 'its margin' : 'their margins'}.`,
  };
  if (degraded.length === 0) return [...better, holds];
  const loses: Reason = {
    code: 'DEGRADED_WITHIN_MARGIN',
    message: `${list(degraded)} did get worse, by less than the margin allows.`,
  };
  return [...better, holds, loses];
}

/** What makes a comparison invalid beyond the split and crossings of the whole look. */
export function invalidReasons(judged: JudgedComparison): Reason[] {
  const coverage = judged.unevenCoverage.map((metric): Reason => ({
    code: 'COVERAGE',
    metric,
    message: `Values of ${metric} are missing more often in one arm than in the other; the units that remain cannot be compared.`,
  }));
  const undefinedEffects = [...judged.benefits.values()]
    .filter((benefit) => benefit.nonEstimable)
    .map((benefit): Reason => ({
      code: 'NOT_ESTIMABLE',
      metric: benefit.metric,
      message: `The effect on ${benefit.metric} cannot be estimated: ${benefit.missing ?? 'no variance'} among enough units. Check what is being measured.`,
    }));
  return [...coverage, ...undefinedEffects];
}

/** Every success metric stays below its smallest effect worth having. */
export function noEffectReasons(input: PreparedLook, judged: JudgedComparison): Reason[] {
  return input.metrics.flatMap(({ metric }): Reason[] => {
    const benefit = judged.benefits.get(metric.key);
    if (!benefit?.noEffect || !metric.mde || !benefit.interval) return [];
    if (benefit.planned?.futile) {
      const { informationFraction: t } = benefit.planned;
      return [
        {
          code: 'FUTILE',
          metric: metric.key,
          message: `${metric.key} falls short at ${percent(t)} of the planned units: going on would hardly find the ${amountText(metric, metric.mde)} worth having.`,
        },
      ];
    }
    const best = signOf(metric.direction) === 1 ? benefit.interval.upper! : -benefit.interval.lower!;
    const bestText = best > 0 ? `gains at most ${sizeText(metric, best)}` : 'gains nothing';
    return [
      {
        code: 'NO_EFFECT',
        metric: metric.key,
        message: `${metric.key} ${bestText} (${sureText(benefit.level)} sure), less than the ${amountText(metric, metric.mde)} worth having.`,
      },
    ];
  });
}

/** Success metrics whose intervals at different looks exclude each other. Said beside any verdict, decides none. */
export function changingReasons({ bounds }: JudgedComparison): Reason[] {
  return [...bounds]
    .filter(([, running]) => isChanging(running))
    .map(([metric]) => ({
      code: 'EFFECT_CHANGING',
      metric,
      message: `The effect on ${metric} is changing over time: what earlier looks were sure of and what this one is sure of exclude each other.`,
    }));
}

/** A contrast of a metric in a comparison; null where there is none yet. */
export function contrastIn(evidence: PreparedEvidence, judged: JudgedComparison): Contrast | null {
  const contrast = evidence.contrasts.get(judged.treatment);
  return contrast?.kind === 'contrast' ? contrast : null;
}

function signed(metric: MetricPlan, contrast: Contrast): string {
  return `${contrast.difference < 0 ? '−' : '+'}${sizeText(metric, contrast.difference)}`;
}
