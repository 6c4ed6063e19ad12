import type { Reason } from '@app/stats';
import { promotingMetrics } from './benefit.js';
import { DAY_SECONDS, MAX_LAG_SECONDS, type RampPlan, type RampStage } from './ramp-plan.js';
import { CONCLUDING_LOOK_DAYS, type RampState } from './ramp-state.js';
import type { EvidenceReading, GuardrailReading } from './reading.js';
import { shadowBlockers } from './shadow-blockers.js';
import { amountInWords, changeInWords, duration, lastStage, percent, shareName } from './words.js';

export interface Blockers {
  /** What evidence, integrity or time still lack, the most important first. */
  readonly proof: readonly Reason[];
  /** The approval still missing; asked for when nothing else is. */
  readonly approval: Reason | null;
}

/** Everything that stands between the rollout and its next stage. */
export function findBlockers(
  plan: RampPlan,
  state: RampState,
  reading: EvidenceReading,
  now: Date,
): Blockers {
  const stage = plan.stages[state.stage]!;
  const lag = dataLag(plan, reading, now);
  const approval = missingApproval(plan, state);
  if (reading.shadow) {
    return {
      proof: [
        ...integrity(reading),
        ...lag,
        ...shadowBlockers(plan, stage, reading.shadow, now),
        ...bakeTime(stage, state, now),
        ...freeze(plan, now),
      ],
      approval,
    };
  }
  return {
    proof: [
      ...integrity(reading),
      // What waits to be counted may be what seems to be missing: nobody shall look for it at the calling service.
      ...(lag.length > 0 ? lag : silence(plan, reading, now)),
      ...guardrails(plan, state, reading, now),
      ...(lastStage(plan, state) ? [...benefit(plan, reading), ...weeklyCycle(plan, reading)] : []),
      ...units(stage, reading),
      ...bakeTime(stage, state, now),
      ...freeze(plan, now),
    ],
    approval,
  };
}

/** Whether entering a stage (`stages.length`: 100 %) needs a person. */
export function approvalNeeded(plan: RampPlan, target: number): boolean {
  return plan.stages[target]?.requiresApproval ?? plan.promotionRequiresApproval;
}

/** The freeze window an instant lies in, or null. */
export function freezeAt(plan: RampPlan, now: Date): RampPlan['freezeWindows'][number] | null {
  return (
    plan.freezeWindows.find(
      ({ from, to }) => Date.parse(from) <= now.getTime() && now.getTime() < Date.parse(to),
    ) ?? null
  );
}

/** Whether the experiment's own SHIP stands for this stage's guardrail gates. */
export function concludingLookStands(plan: RampPlan, state: RampState, now: Date): boolean {
  return (
    state.concludingLook !== null &&
    state.stage === plan.startStage &&
    now.getTime() - Date.parse(state.concludingLook.at) <= CONCLUDING_LOOK_DAYS * DAY_SECONDS * 1000
  );
}

function integrity(reading: EvidenceReading): readonly Reason[] {
  return reading.integrity.valid ? [] : reading.integrity.reasons;
}

/** Events of the last minutes, good or bad, that the figures do not know yet. */
function dataLag(plan: RampPlan, { waitingSince }: EvidenceReading, now: Date): Reason[] {
  if (waitingSince === null) return [];
  const lag = (now.getTime() - Date.parse(waitingSince)) / 1000;
  const limit = plan.maxLagSeconds ?? MAX_LAG_SECONDS;
  if (lag <= limit) return [];
  return [
    {
      code: 'DATA_LAG',
      message: `Counting is ${duration(lag)} behind (limit ${duration(limit)}): the latest events are not in these figures yet. Nothing is raised on half of the picture; a rollback for harm still is made.`,
    },
  ];
}

function silence(plan: RampPlan, reading: EvidenceReading, now: Date): Reason[] {
  const { challenger, control } = reading.stageUnits;
  if (challenger === 0 || control === 0) {
    return [
      {
        code: 'NO_TRAFFIC',
        message: `No unit of the ${challenger === 0 ? 'challenger' : 'control'} was seen in this stage. Silence is not success.`,
      },
    ];
  }
  const silentFor = (at: string | null): number =>
    at === null ? Infinity : (now.getTime() - Date.parse(at)) / 1000;
  if (silentFor(reading.lastExposureAt) > plan.maxSilenceSeconds) {
    return [
      {
        code: 'TRAFFIC_STOPPED',
        message: `No unit was seen for more than ${duration(plan.maxSilenceSeconds)}. Is the calling service still asking?`,
      },
    ];
  }
  if (silentFor(reading.lastOutcomeAt) > plan.maxSilenceSeconds) {
    return [
      {
        code: 'SCORES_STOPPED',
        message: `No score came for more than ${duration(plan.maxSilenceSeconds)}. Are the scores still being sent?`,
      },
    ];
  }
  return reading.guardrails
    .filter(({ measuredInStage }) => measuredInStage.challenger === 0 || measuredInStage.control === 0)
    .map(({ metric, measuredInStage }) => ({
      code: 'NO_SCORES',
      metric,
      message: `${metric} has no value yet for the ${measuredInStage.challenger === 0 ? 'challenger' : 'control'} in this stage.`,
    }));
}

function guardrails(plan: RampPlan, state: RampState, reading: EvidenceReading, now: Date): Reason[] {
  const shipped = !lastStage(plan, state) && concludingLookStands(plan, state, now);
  return reading.guardrails.flatMap((guardrail): Reason[] => {
    const { outcome } = guardrail.nonInferiority;
    if (outcome === 'pass' || outcome === 'degraded') return [];
    if (outcome === 'fail') return [failing(guardrail)];
    return shipped ? [] : [undecided(guardrail)];
  });
}

function failing(guardrail: GuardrailReading): Reason {
  return {
    code: 'GUARDRAIL_FAILING',
    metric: guardrail.metric,
    message: `${guardrail.metric} looks worse than this stage allows: ${changeInWords(guardrail)}, allowed is a loss of ${amountInWords(guardrail.nonInferiority.marginAbsolute)}.`,
  };
}

function undecided(guardrail: GuardrailReading): Reason {
  const { challenger, control } = guardrail.measured;
  const { nStar, requiredUnits, marginAbsolute, missing } = guardrail.nonInferiority;
  const seen = challenger + control;
  const expected = Math.max(nStar, requiredUnits ?? 0);
  const past = seen >= expected;
  return {
    code: past ? 'GUARDRAIL_UNDECIDED_AT_PLANNED_SIZE' : 'GUARDRAIL_UNDECIDED',
    metric: guardrail.metric,
    message:
      `It is not proven yet that ${guardrail.metric} loses less than ${amountInWords(marginAbsolute)}: ` +
      (past
        ? `${seen} units were measured, more than the ${expected} expected to suffice.`
        : `${seen} of about ${expected} units are measured.`) +
      (missing === null ? '' : ` Not enough yet: ${missing}.`),
  };
}

function benefit(plan: RampPlan, reading: EvidenceReading): Reason[] {
  const candidates = promotingMetrics(plan).map((metric) => metric.key);
  const proven = reading.benefit.some(
    ({ metric, outcome }) => outcome === 'better' && candidates.includes(metric),
  );
  if (proven) return [];
  return [
    {
      code: 'NO_BENEFIT_YET',
      message: `Promotion needs a proven gain on ${candidates.length === 1 ? candidates[0] : `one of ${candidates.join(', ')}`}; so far there is none.`,
    },
  ];
}

function weeklyCycle(plan: RampPlan, reading: EvidenceReading): Reason[] {
  if (reading.fullDays >= plan.minDays) return [];
  return [
    {
      code: 'MIN_DAYS',
      message: `${reading.fullDays} of ${plan.minDays} full days have passed; weekdays and weekends may differ.`,
    },
  ];
}

function units(stage: RampStage, reading: EvidenceReading): Reason[] {
  const seen = reading.stageUnits.challenger;
  if (seen >= stage.minUnits) return [];
  return [
    {
      code: 'MIN_UNITS',
      message: `${seen} of at least ${stage.minUnits} units saw the challenger in this stage.`,
    },
  ];
}

function bakeTime(stage: RampStage, state: RampState, now: Date): Reason[] {
  const left = stage.bakeSeconds - (now.getTime() - Date.parse(state.stageEnteredAt)) / 1000;
  if (left <= 0) return [];
  return [
    {
      code: 'BAKE_TIME',
      message: `The stage lasts at least ${duration(stage.bakeSeconds)}; ${duration(left)} are left.`,
    },
  ];
}

function freeze(plan: RampPlan, now: Date): Reason[] {
  const window = freezeAt(plan, now);
  if (!window) return [];
  return [{ code: 'FROZEN', message: `Nothing is raised until ${window.to}: ${window.reason}.` }];
}

function missingApproval(plan: RampPlan, state: RampState): Reason | null {
  const target = state.stage + 1;
  if (!approvalNeeded(plan, target)) return null;
  if (state.approvals.some((approval) => approval.stage === target)) return null;
  return {
    code: 'APPROVAL_NEEDED',
    message: `Everything is proven. Going from ${percent(state.share)} to ${shareName(plan, target)} waits for a person's approval.`,
  };
}
