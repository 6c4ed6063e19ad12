import type { BenefitResult } from './benefit.js';
import { burnInUnits } from './burn-in.js';
import type { JudgedComparison } from './family.js';
import { unitsToDecideBenefit, unitsToPass } from './forecast.js';
import { signOf } from './orientation.js';
import type { PreparedEvidence, PreparedLook } from './prepared-look.js';
import { contrastIn } from './reasons.js';
import type { Reason } from './types.js';
import { count, list, percent, sizeText } from './words.js';

/** Why a comparison goes on, and for how long. */
export interface Waiting {
  readonly reasons: readonly Reason[];
  readonly expectedDays: number | null;
}

/**
 * Names what a comparison still waits for and forecasts the wait from the effect and the traffic seen so far.
 *
 * Past the planned size the reasons begin with UNDECIDED_AT_PLANNED_SIZE.
 */
export function waitingFor(input: PreparedLook, judged: JudgedComparison): Waiting {
  const undecided = [...undecidedSuccess(input, judged), ...undecidedGuardrails(input, judged)];
  const reasons: Reason[] = [...undecided.map(({ reason }) => reason), ...fadingReasons(input, judged)];
  const { fullDays, plan } = input;
  const { minDays } = plan;
  if (fullDays < minDays) {
    reasons.unshift({
      code: 'TOO_FEW_DAYS',
      message: `${fullDays} of at least ${minDays} full days have passed; a decision to ship waits for whole weeks.`,
    });
  }
  const needed = neededUnits(input, undecided);
  const extra = needed === null ? null : Math.max(0, needed - judged.exposed);
  const past = plannedSizeReason(input, judged, undecided, extra);
  if (past) reasons.unshift(past);
  return { reasons, expectedDays: expectedDays(input, judged, undecided.length === 0 ? 0 : extra) };
}

interface Undecided {
  readonly role: 'success' | 'guardrail';
  readonly metric: string;
  /** Units of both arms at which it should be decided; null when that cannot be told. */
  readonly units: number | null;
  readonly reason: Reason;
}

function undecidedSuccess(input: PreparedLook, judged: JudgedComparison): Undecided[] {
  if ([...judged.benefits.values()].some((benefit) => benefit.better)) return [];
  return input.metrics.flatMap((evidence): Undecided[] => {
    const { metric } = evidence;
    const benefit = judged.benefits.get(metric.key);
    if (!benefit || benefit.noEffect) return [];
    const contrast = contrastIn(evidence, judged);
    const message = benefit.missing
      ? `${metric.key} has too little data to decide: ${benefit.missing}.`
      : plannedText(input, metric.key, benefit);
    return [
      {
        role: 'success',
        metric: metric.key,
        units: benefit.planned
          ? Math.ceil(judged.nStar)
          : contrast
            ? unitsToDecideBenefit(metric, contrast, {
                alpha: input.plan.alpha,
                level: benefit.level,
                nStar: judged.nStar,
              })
            : burnInShare(input, judged, evidence),
        reason: { code: benefit.missing ? 'BURN_IN' : 'SUCCESS_UNDECIDED', metric: metric.key, message },
      },
    ];
  });
}

function plannedText({ plan }: PreparedLook, key: string, { planned }: BenefitResult): string {
  if (planned && planned.informationFraction < 1) {
    const soFar = `${percent(planned.informationFraction)} of its planned units are in`;
    return plan.method === 'fixed'
      ? `${key} is tested once, when all planned units are in; ${soFar}.`
      : `${key} has not crossed its boundary yet; ${soFar}.`;
  }
  return `${key} is neither better nor below the effect worth having yet.`;
}

function undecidedGuardrails(input: PreparedLook, judged: JudgedComparison): Undecided[] {
  return input.metrics.flatMap((evidence): Undecided[] => {
    const { metric } = evidence;
    const result = judged.guardrails.get(metric.key);
    if (result?.outcome !== 'undecided') return [];
    const contrast = contrastIn(evidence, judged);
    const why = result.missing
      ? `too little data (${result.missing})`
      : 'more units are needed to exclude its margin';
    return [
      {
        role: 'guardrail',
        metric: metric.key,
        units: contrast
          ? unitsToPass(metric, contrast, result.margin, {
              alpha: input.plan.alphaNonInferiority ?? 0.05,
              nStar: judged.nStar,
            })
          : burnInShare(input, judged, evidence),
        reason: {
          code: 'GUARDRAIL_UNDECIDED',
          metric: metric.key,
          message: `${metric.key} is not proven to stay within its margin: ${why}.`,
        },
      },
    ];
  });
}

/** Gains that the units of the last days do not bear out. */
function fadingReasons(input: PreparedLook, judged: JudgedComparison): Reason[] {
  return input.metrics.flatMap(({ metric }): Reason[] => {
    const fading = judged.fading.get(metric.key);
    const benefit = judged.benefits.get(metric.key);
    if (!fading || !benefit?.better) return [];
    const { before, recent, days } = fading;
    const gains = signOf(metric.direction) * recent > 0;
    return [
      {
        code: 'EFFECT_FADING',
        metric: metric.key,
        message: `${metric.key} was better by ${sizeText(metric, before)} until ${days} days ago; since then ${gains ? `by ${sizeText(metric, recent)} only` : 'it is not better'}. Wait until the gain is seen to last.`,
      },
    ];
  });
}

/** Units of both arms that bring the smaller one over its burn-in, by the weights. */
function burnInShare(input: PreparedLook, judged: JudgedComparison, evidence: PreparedEvidence): number {
  const weight = (key: string) => input.arms.find((arm) => arm.key === key)?.weight ?? 0;
  const [c, t] = [weight(judged.control), weight(judged.treatment)];
  const share = Math.min(c, t) / (c + t);
  return share > 0 ? Math.ceil(burnInUnits(evidence.metric) / share) : burnInUnits(evidence.metric) * 2;
}

/** One decided success metric ships, but every guardrail must pass. */
function neededUnits(input: PreparedLook, undecided: readonly Undecided[]): number | null {
  const units = (role: Undecided['role']) =>
    undecided.filter((item) => item.role === role).map((item) => item.units);
  const success = units('success').filter((value) => value !== null);
  const guardrails = units('guardrail');
  if (units('success').length > 0 && success.length === 0) return null;
  if (guardrails.some((value) => value === null)) return null;
  const first = success.length > 0 ? Math.min(...success) : 0;
  return Math.max(first, ...guardrails.map((value) => value ?? 0));
}

function plannedSizeReason(
  input: PreparedLook,
  judged: JudgedComparison,
  undecided: readonly Undecided[],
  extra: number | null,
): Reason | null {
  const all = input.epochs.reduce(
    (sum, { units }) => sum + Object.values(units).reduce((a, b) => a + b, 0),
    0,
  );
  if (all < input.plan.plannedUnits || undecided.length === 0) return null;
  const share = judged.exposed / Math.max(1, all);
  const more =
    extra === null
      ? 'How many more units would decide it cannot be told'
      : `About ${count(Math.max(1, extra / (share || 1)))} more units may decide it`;
  return {
    code: 'UNDECIDED_AT_PLANNED_SIZE',
    message: `The planned ${count(input.plan.plannedUnits)} units are reached and this is still undecided: ${list(undecided.map((item) => item.metric))}. ${more}; keep control unless you accept the risk.`,
  };
}

function expectedDays(input: PreparedLook, judged: JudgedComparison, extra: number | null): number | null {
  const { fullDays, plan } = input;
  const untilMinimum = Math.max(0, plan.minDays - fullDays);
  const perDay = judged.exposed / fullDays;
  if (extra === null || fullDays <= 0 || !(perDay > 0)) return null;
  const forUnits = Math.ceil(extra / perDay);
  return Math.max(1, untilMinimum, forUnits);
}
