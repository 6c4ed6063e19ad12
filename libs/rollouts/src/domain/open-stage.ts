import { controlShareOf, type RampPlan, requiredUnits } from './ramp-plan.js';
import type { ConcludingLook, Gate, RampState } from './ramp-state.js';
import { INITIAL_ROLLOUT_STATE } from './rollout-lifecycle.js';

/** The state of a rollout at its first stage. */
export function initialState(
  plan: RampPlan,
  startedAt: string,
  firstEpoch: number,
  concludingLook: ConcludingLook | null,
): RampState {
  const share = plan.stages[plan.startStage]!.share;
  return {
    lifecycle: INITIAL_ROLLOUT_STATE,
    stage: plan.startStage,
    stageEnteredAt: startedAt,
    stageEpoch: firstEpoch,
    share,
    controlShare: controlShareOf(share),
    startedAt,
    gate: openGate(plan, plan.startStage, 0),
    memory: { harmP: {}, srmP: 1, holdDigest: null },
    approvals: [],
    hold: null,
    lastHumanDecisionAt: null,
    concludingLook,
  };
}

/**
 * The gate of a stage, fixed on entry: its sequences are tightest at the units the stage needs, or at those already
 * there when they are more. It depends on counts only, never on outcomes, so the level is kept.
 */
export function openGate(plan: RampPlan, stage: number, comparedUnits: number): Gate {
  return { stage, nStar: Math.max(requiredUnits(plan, plan.stages[stage]!), comparedUnits) };
}
