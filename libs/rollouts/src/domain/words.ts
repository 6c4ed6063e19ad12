import type { Reason } from '@app/stats';
import { DAY_SECONDS, isShadow, type RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import type { EvidenceReading } from './reading.js';
import type { Step } from './step.js';

/** A share as people say it: 0.25 → "25 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** The name of a stage by its index; past the last stage it is 100 %. */
export function shareName(plan: RampPlan, stage: number): string {
  return percent(plan.stages[stage]?.share ?? 1);
}

/** Seconds as people say them: "2 days", "6 hours", "90 seconds". */
export function duration(seconds: number): string {
  const [size, name] =
    seconds >= DAY_SECONDS
      ? [DAY_SECONDS, 'day']
      : seconds >= 3600
        ? [3600, 'hour']
        : seconds >= 120
          ? [60, 'minute']
          : [1, 'second'];
  const count = Number((seconds / size).toPrecision(2));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

export function amountInWords(amount: number | null): string {
  return amount === null ? 'its margin' : String(Number(Math.abs(amount).toPrecision(3)));
}

/** The observed difference, with its lift where there is one. */
export function changeInWords(reading: { difference: number | null; lift: number | null }): string {
  if (reading.difference === null) return 'the difference cannot be told';
  const sign = (value: number): string => (value < 0 ? '−' : '+');
  const difference = `${sign(reading.difference)}${amountInWords(reading.difference)}`;
  return reading.lift === null
    ? `observed ${difference}`
    : `observed ${difference} (${sign(reading.lift)}${percent(Math.abs(reading.lift))})`;
}

/** Whether the next stage up is 100 %. */
export function lastStage(plan: RampPlan, state: Pick<RampState, 'stage'>): boolean {
  return state.stage === plan.stages.length - 1;
}

export function advanceReason(plan: RampPlan, state: RampState): Reason {
  if (isShadow(plan.stages[state.stage])) {
    return {
      code: 'SHADOW_PROVEN',
      message: `On mirrored requests no guardrail loses more than this stage allows, and the stage has lasted long enough: on to ${shareName(plan, state.stage + 1)}.`,
    };
  }
  return {
    code: 'STAGE_PROVEN',
    message: `No guardrail loses more than this stage allows, the data are sound and the stage has lasted long enough: on to ${shareName(plan, state.stage + 1)}.`,
  };
}

export function promoteReason(reading: EvidenceReading): Reason {
  const better = reading.benefit.filter(({ outcome }) => outcome === 'better').map(({ metric }) => metric);
  return {
    code: 'BENEFIT_PROVEN',
    message: `The challenger is proven better on ${better.join(', ')} and no guardrail loses more than its margin: it becomes the champion.`,
  };
}

/** What a dry run leaves to a person. */
export function dryRunReason(step: Pick<Step, 'kind' | 'share'>): Reason {
  const { before, after } = step.share;
  return {
    code: 'DRY_RUN',
    message: `This is a dry run: a rollout that acts would now go from ${percent(before)} to ${percent(after)} (${step.kind}). A person decides.`,
  };
}

export function manualReason(plan: RampPlan, state: RampState): Reason {
  return {
    code: 'MANUAL_ONLY',
    message: `An emergency rollout is moved by people. It stays at ${percent(state.share)} until someone takes it to ${shareName(plan, state.stage + 1)} or back.`,
  };
}

/** What got worse on the way up and was allowed to: nobody shall be surprised by it later. */
export function degradedReasons(reading: EvidenceReading): Reason[] {
  return reading.guardrails
    .filter(({ nonInferiority }) => nonInferiority.outcome === 'degraded')
    .map((guardrail) => ({
      code: 'GUARDRAIL_DEGRADED',
      metric: guardrail.metric,
      message: `${guardrail.metric} is worse (${changeInWords(guardrail)}), but proven to lose less than the ${amountInWords(guardrail.nonInferiority.marginAbsolute)} allowed.`,
    }));
}
