import { openGate } from './open-stage.js';
import { controlShareOf, type RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import { type RolloutEvent, transition } from './rollout-lifecycle.js';
import type { Step, StepKind } from './step.js';

const EVENTS: Readonly<Record<StepKind, RolloutEvent | null>> = {
  ADVANCE: 'advance',
  PROMOTE: 'promote',
  ROLLBACK: 'rollback',
  STOP_FUTILE: 'stop-futile',
  HOLD: null,
  REVIEW: null,
};

/** Whether a step changes the share and therefore opens an epoch or ends the rollout. */
export function movesShare(step: Pick<Step, 'kind'>): boolean {
  return EVENTS[step.kind] !== null;
}

/**
 * The state after a step. `epoch` is the number of the epoch opened for the new share; it is used by ADVANCE only,
 * since after the other moves nobody is compared any more.
 */
export function applyStep(
  plan: RampPlan,
  state: RampState,
  step: Step,
  at: string,
  epoch: number,
): RampState {
  const event = EVENTS[step.kind];
  if (event === null) return { ...state, memory: step.memory };
  const moved: RampState = {
    ...state,
    lifecycle: transition(state.lifecycle, event),
    stage: step.stage.after,
    share: step.share.after,
    controlShare: step.kind === 'ADVANCE' ? controlShareOf(step.share.after) : 0,
    stageEnteredAt: at,
    hold: null,
    memory: { ...step.memory, holdDigest: null },
  };
  if (step.kind !== 'ADVANCE') return moved;
  return {
    ...moved,
    stageEpoch: epoch,
    gate: openGate(plan, step.stage.after, step.reading?.comparedUnits ?? 0),
  };
}
