import {
  type EvidenceReading,
  type NamesOfRollout,
  type RampPlan,
  type Receipt,
  receiptBody,
  requiredUnits,
  type Rollout,
  type Step,
} from '@app/rollouts';
import type { NextStepDto } from './dto/rollout-parts.dto.js';
import type { RampPlanDto, ReceiptDto, RolloutDto, RolloutSummaryDto } from './dto/rollout.dto.js';

export function rolloutSummary(rollout: Rollout, names: NamesOfRollout): RolloutSummaryDto {
  const { state } = rollout;
  return {
    key: rollout.key,
    task: rollout.task,
    environment: rollout.environment,
    ...names,
    state: state.lifecycle,
    stage: state.stage,
    share: state.share,
    controlShare: state.controlShare,
    stageEnteredAt: state.stageEnteredAt,
    hold: state.hold && { ...state.hold },
    coolDownUntil: rollout.coolDownUntil,
    createdBy: rollout.createdBy,
    createdAt: rollout.createdAt,
    finishedAt: rollout.finishedAt,
    revision: rollout.revision,
  };
}

export function rolloutView(rollout: Rollout, next: Step | null, names: NamesOfRollout): RolloutDto {
  return {
    ...rolloutSummary(rollout, names),
    plan: planView(rollout.plan),
    approvals: rollout.state.approvals.map((approval) => ({ ...approval })),
    next: next && nextView(next),
  };
}

export function receiptView(receipt: Receipt): ReceiptDto {
  const { rolloutId: _, body: text, ...rest } = receipt;
  return { ...rest, body: receiptBody(receipt), text };
}

export function planView(plan: RampPlan): RampPlanDto {
  return {
    ...plan,
    stages: plan.stages.map((stage) => ({ ...stage, expectedUnits: requiredUnits(plan, stage) })),
    metrics: plan.metrics.map(({ key, role, direction, margin }) => ({ key, role, direction, margin })),
    freezeWindows: plan.freezeWindows.map((window) => ({ ...window })),
    dryRun: plan.dryRun ?? false,
  };
}

function nextView({ kind, reasons, reading }: Step): NextStepDto {
  return {
    step: kind,
    reasons: reasons.map((reason) => ({ ...reason })),
    gates: reading?.shadow
      ? shadowGates(reading)
      : (reading?.guardrails ?? []).map(({ metric, harm, nonInferiority, difference, lift, measured }) => ({
          metric,
          outcome: nonInferiority.outcome,
          margin: nonInferiority.margin,
          marginAbsolute: nonInferiority.marginAbsolute,
          bound: nonInferiority.bound,
          difference,
          lift,
          measuredUnits: measured.challenger + measured.control,
          expectedUnits: Math.max(nonInferiority.nStar, nonInferiority.requiredUnits ?? 0),
          missing: nonInferiority.missing,
          harmP: harm.p,
          harmAlpha: harm.alpha,
        })),
    benefit: (reading?.benefit ?? []).map((benefit) => ({ ...benefit })),
    integrityValid: reading?.integrity.valid ?? true,
    stageUnits: reading?.stageUnits ?? { challenger: 0, control: 0 },
    fullDays: reading?.fullDays ?? 0,
  };
}

/** Nobody gets the challenger, so nothing can be harmed: what pairs say stands where arms will. */
function shadowGates({ shadow, guardrails }: EvidenceReading): NextStepDto['gates'] {
  return (shadow?.guardrails ?? []).map(({ metric, units, nStar, nonInferiority }) => ({
    metric,
    outcome: nonInferiority.outcome,
    margin: nonInferiority.margin,
    marginAbsolute: nonInferiority.marginAbsolute,
    bound: nonInferiority.bound,
    difference: nonInferiority.difference,
    lift: null,
    measuredUnits: units,
    expectedUnits: nStar,
    missing: nonInferiority.missing,
    harmP: null,
    harmAlpha: guardrails.find((one) => one.metric === metric)!.harm.alpha,
  }));
}
