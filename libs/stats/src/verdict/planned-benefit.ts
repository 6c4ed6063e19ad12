import { normalIsf, normalSf } from '../distributions/normal.js';
import { monitoringBounds } from '../group-sequential/monitoring.js';
import { holmSteps } from '../multiplicity/adjust.js';
import type { BenefitResult } from './benefit.js';
import { absoluteAmount, signOf } from './orientation.js';
import type { DecisionPlan, MetricPlan, PastAnalyses, PlannedAnalysis } from './types.js';

/** Information that has to arrive before a look counts as another analysis; spares none of the level. */
const LEAST_STEP = 0.02;

/** A success metric of a comparison whose plan fixes when it is tested. */
export interface PlannedInput {
  readonly metric: MetricPlan;
  /** What is always valid about it: the estimate, its harm, what is missing. */
  readonly reading: BenefitResult;
  /** Units whose window has closed, over N*. */
  readonly rate: number;
  readonly past: PastAnalyses | undefined;
}

export interface PlannedReading {
  readonly benefit: BenefitResult;
  readonly analyses: PastAnalyses | undefined;
}

/**
 * Judges success metrics under a plan that is not open-ended. Harm stays always-valid whatever the plan.
 *
 * `group-sequential`: each hypothesis spends alpha / m by O'Brien-Fleming-type spending over the analyses that really took
 * place; futility is non-binding. `fixed`: each is tested once, at the first look with all planned units, and Holm runs over
 * those tested. Between analyses, and after the last, the last one stands: nothing is tested twice on the plan's level.
 *
 * @param family every success metric × comparison: their number is the correction
 */
export function evaluatePlanned(
  family: readonly PlannedInput[],
  plan: Pick<DecisionPlan, 'method' | 'alpha' | 'power'>,
): PlannedReading[] {
  const analyses = family.map((input) => analyse(input, plan, family.length));
  const steps = holmSteps(
    analyses.map((past) => (plan.method === 'fixed' && past ? nominalP(past.last) : 1)),
    plan.alpha,
  );
  return family.map((input, i) => {
    const past = analyses[i];
    const step = plan.method === 'fixed' ? steps[i]! : null;
    const level = step?.level ?? plan.alpha / family.length;
    const critical = step ? normalIsf(level / 2) : (past?.last.critical ?? null);
    return {
      benefit: conclude(input, past, { level, critical, adjustedP: past && step ? step.adjustedP : null }),
      analyses: past,
    };
  });
}

/** Takes another analysis where one is due. */
function analyse(
  { metric, reading, rate, past }: PlannedInput,
  { method, alpha, power }: Pick<DecisionPlan, 'method' | 'alpha' | 'power'>,
  hypotheses: number,
): PastAnalyses | undefined {
  const { contrast, missing } = reading;
  if (contrast.kind !== 'contrast' || missing !== null || !(contrast.se > 0) || !(rate > 0)) return past;
  const { difference: estimate, se } = contrast;
  const before = past?.rates ?? [];
  const latest = before.at(-1) ?? 0;
  if (method === 'fixed') {
    return (
      past ?? (rate < 1 ? undefined : { rates: [rate], last: { estimate, se, critical: 0, futility: null } })
    );
  }
  if (latest >= 1 || (rate < latest + LEAST_STEP && !(rate >= 1 && rate > latest))) return past;
  const rates = [...before, rate];
  const worth = metric.mde ? absoluteAmount(metric.mde, contrast.control.value) : 0;
  const driftAtEnd = worth > 0 ? worth / (se * Math.sqrt(rate)) : null;
  const bounds = monitoringBounds({ informationRates: rates, alpha: alpha / hypotheses, power, driftAtEnd });
  return { rates, last: { estimate, se, ...bounds } };
}

const nominalP = ({ estimate, se }: PlannedAnalysis): number =>
  Math.min(1, 2 * normalSf(Math.abs(estimate) / se));

function conclude(
  { metric, reading, rate }: PlannedInput,
  past: PastAnalyses | undefined,
  { level, critical, adjustedP }: { level: number; critical: number | null; adjustedP: number | null },
): BenefitResult {
  const untested = {
    ...reading,
    p: null,
    adjustedP: null,
    level,
    interval: null,
    better: false,
    noEffect: false,
  };
  const planned = { informationFraction: rate, analyses: past?.rates.length ?? 0 };
  if (!past || critical === null || reading.contrast.kind !== 'contrast')
    return { ...untested, planned: { ...planned, critical: null, futility: null, futile: false } };
  const { estimate, se, futility } = past.last;
  const sign = signOf(metric.direction);
  const reach = critical * se;
  const interval = { lower: estimate - reach, upper: estimate + reach };
  const better = sign * estimate > 0 && Math.abs(estimate) >= reach;
  const futile = !better && futility !== null && (sign * estimate) / se < futility;
  const worth = metric.mde ? absoluteAmount(metric.mde, reading.contrast.control.value) : 0;
  return {
    ...untested,
    p: adjustedP === null ? null : nominalP(past.last),
    adjustedP,
    interval,
    better,
    noEffect: futile || (worth > 0 && sign * estimate + reach < worth),
    planned: { ...planned, critical, futility, futile },
  };
}
