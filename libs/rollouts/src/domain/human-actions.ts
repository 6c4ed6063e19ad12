import { decideStep, remember } from './decide-step.js';
import { approvalNeeded, freezeAt } from './blockers.js';
import { harmReasons } from './harm.js';
import type { RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import type { EvidenceReading } from './reading.js';
import { transition } from './rollout-lifecycle.js';
import { RolloutError } from './rollout.errors.js';
import type { Step } from './step.js';
import { lastStage, percent, shareName } from './words.js';

/** Who decided what, when and why. */
export interface Decision {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** Stops the ramp where it is. Harm still rolls back. */
export function holdByPerson(state: RampState, decision: Decision): RampState {
  return decided({ ...state, lifecycle: transition(state.lifecycle, 'hold'), hold: decision }, decision);
}

/** Ends a hold; the next look decides again. */
export function resumeByPerson(state: RampState, decision: Decision): RampState {
  return decided({ ...state, lifecycle: transition(state.lifecycle, 'resume'), hold: null }, decision);
}

/** Approves entering the next stage. Approving twice is refused, so that two names are two decisions. */
export function approveByPerson(plan: RampPlan, state: RampState, decision: Decision): RampState {
  const lifecycle = transition(state.lifecycle, 'approve');
  const stage = state.stage + 1;
  if (!approvalNeeded(plan, stage) || state.approvals.some((approval) => approval.stage === stage)) {
    throw new RolloutError(
      'APPROVAL_NOT_NEEDED',
      `The step from ${percent(state.share)} to ${shareName(plan, stage)} needs no${approvalNeeded(plan, stage) ? ' further' : ''} approval.`,
      { stage },
    );
  }
  return decided({ ...state, lifecycle, approvals: [...state.approvals, { stage, ...decision }] }, decision);
}

/** Takes all traffic off the challenger. */
export function rollbackByPerson(
  state: RampState,
  reading: EvidenceReading | null,
  decision: Decision,
): Step {
  transition(state.lifecycle, 'rollback');
  return {
    kind: 'ROLLBACK',
    reasons: [
      {
        code: 'ROLLED_BACK_BY_PERSON',
        message: `${decision.by} rolled the challenger back: ${decision.reason}.`,
      },
    ],
    stage: { before: state.stage, after: state.stage },
    share: { before: state.share, after: 0 },
    reading,
    memory: state.memory,
  };
}

/**
 * A person moves the rollout one stage up without waiting for its gates. Bounded by the approved plan: never a skipped
 * stage, never past failed integrity, proven harm, a missing approval or a freeze; and to 100 % only where that is what
 * they are for (an emergency) or proven (a dry run, which would have gone there itself).
 */
export function advanceByPerson(
  plan: RampPlan,
  state: RampState,
  reading: EvidenceReading,
  decision: Decision,
): Step {
  transition(state.lifecycle, 'advance');
  const promotes = lastStage(plan, state);
  if (promotes && !mayPromote(plan, state, reading, decision)) {
    throw new RolloutError(
      'PROMOTE_NOT_PROVEN',
      'The step to 100 % needs proof of benefit and is taken by the rollout itself. Whoever accepts the risk rolls back and sets the champion of the task.',
    );
  }
  const target = state.stage + 1;
  const freeze = freezeAt(plan, new Date(decision.at));
  const refusals = [
    ...harmReasons(reading),
    ...(reading.integrity.valid ? [] : reading.integrity.reasons),
    ...(freeze
      ? [{ code: 'FROZEN', message: `Nothing is raised until ${freeze.to}: ${freeze.reason}.` }]
      : []),
    ...(approvalNeeded(plan, target) && !state.approvals.some(({ stage }) => stage === target)
      ? [{ code: 'APPROVAL_NEEDED', message: `Going to ${shareName(plan, target)} needs an approval first.` }]
      : []),
  ];
  if (refusals.length > 0) {
    throw new RolloutError('ROLLOUT_ADVANCE_REFUSED', refusals.map(({ message }) => message).join(' '), {
      reasons: refusals,
    });
  }
  return {
    kind: promotes ? 'PROMOTE' : 'ADVANCE',
    reasons: [
      {
        code: promotes ? 'PROMOTED_BY_PERSON' : 'ADVANCED_BY_PERSON',
        message: promotes
          ? `${decision.by} made the challenger the champion: ${decision.reason}.`
          : `${decision.by} moved the rollout on to ${shareName(plan, target)} without waiting for its gates: ${decision.reason}.`,
      },
    ],
    stage: { before: state.stage, after: target },
    share: { before: state.share, after: plan.stages[target]?.share ?? 1 },
    reading,
    memory: remember(state.memory, reading),
  };
}

function mayPromote(plan: RampPlan, state: RampState, reading: EvidenceReading, decision: Decision): boolean {
  if (plan.template === 'emergency') return true;
  if (!plan.dryRun) return false;
  const wouldBe = decideStep(
    { ...plan, dryRun: false },
    { ...state, lastHumanDecisionAt: null },
    reading,
    new Date(decision.at),
  );
  return wouldBe.kind === 'PROMOTE';
}

/** Marks a person's decision: evidence older than it cannot override it. */
export function decided(state: RampState, decision: Decision): RampState {
  return { ...state, lastHumanDecisionAt: decision.at };
}
