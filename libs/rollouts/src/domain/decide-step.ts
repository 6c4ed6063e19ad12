import type { Reason } from '@app/stats';
import { movesShare } from './apply-step.js';
import { findBlockers } from './blockers.js';
import { findFutility } from './futility.js';
import { harmReasons } from './harm.js';
import type { RampPlan } from './ramp-plan.js';
import type { RampMemory, RampState } from './ramp-state.js';
import type { EvidenceReading } from './reading.js';
import { isFinal } from './rollout-lifecycle.js';
import type { Step, StepKind } from './step.js';
import {
  advanceReason,
  degradedReasons,
  dryRunReason,
  lastStage,
  manualReason,
  promoteReason,
} from './words.js';

/**
 * The rules of the certified ramp, over evidence already read. Order: harm rolls back whatever else is true; a hold
 * waits for its person; a rollout without an answer ends in time; failed integrity, silence, missing proof or missing
 * time hold; a person's approval is asked for last. The share only rises to the next stage of the plan, or from the
 * last one to 100 %. In a dry run whatever would move is handed to a person instead.
 */
export function decideStep(plan: RampPlan, state: RampState, reading: EvidenceReading, now: Date): Step {
  const step = decide(plan, state, reading, now);
  if (!plan.dryRun || !movesShare(step)) return step;
  return {
    ...step,
    kind: 'REVIEW',
    reasons: [dryRunReason(step), ...step.reasons],
    stage: { before: state.stage, after: state.stage },
    share: { before: state.share, after: state.share },
  };
}

function decide(plan: RampPlan, state: RampState, reading: EvidenceReading, now: Date): Step {
  if (isFinal(state.lifecycle)) return finished(state);
  const step = (kind: StepKind, reasons: readonly Reason[]): Step => ({
    kind,
    reasons,
    stage: { before: state.stage, after: stageAfter(kind, state) },
    share: { before: state.share, after: shareAfter(kind, plan, state) },
    reading,
    memory: remember(state.memory, reading),
  });

  const harm = harmReasons(reading);
  if (harm.length > 0) return step('ROLLBACK', harm);

  const waiting = personFirst(state, reading);
  if (waiting) return step('HOLD', [waiting]);

  const futility = findFutility(plan, state, reading, now);
  if (futility) return step('STOP_FUTILE', [futility]);

  if (plan.template === 'emergency') {
    return step('HOLD', [...reading.integrity.reasons, manualReason(plan, state)]);
  }

  const { proof, approval } = findBlockers(plan, state, reading, now);
  if (proof.length > 0) return step('HOLD', proof);
  if (approval) return step('REVIEW', [approval]);
  return lastStage(plan, state)
    ? step('PROMOTE', [promoteReason(reading), ...degradedReasons(reading)])
    : step('ADVANCE', [advanceReason(plan, state), ...degradedReasons(reading)]);
}

/** A person's decision stands until there is evidence newer than it, and a hold until a person ends it. */
function personFirst(state: RampState, reading: EvidenceReading): Reason | null {
  if (state.hold) {
    return {
      code: 'HELD_BY_PERSON',
      message: `${state.hold.by} holds the rollout: ${state.hold.reason}. It stays as it is until someone resumes it.`,
    };
  }
  if (
    state.lastHumanDecisionAt !== null &&
    Date.parse(state.lastHumanDecisionAt) > Date.parse(reading.asOf)
  ) {
    return {
      code: 'HUMAN_DECISION_NEWER',
      message: 'A person decided after this evidence was gathered. The next look will consider both.',
    };
  }
  return null;
}

function stageAfter(kind: StepKind, state: RampState): number {
  return kind === 'ADVANCE' || kind === 'PROMOTE' ? state.stage + 1 : state.stage;
}

function shareAfter(kind: StepKind, plan: RampPlan, state: RampState): number {
  switch (kind) {
    case 'ADVANCE':
      return plan.stages[state.stage + 1]!.share;
    case 'PROMOTE':
      return 1;
    case 'ROLLBACK':
    case 'STOP_FUTILE':
      return 0;
    case 'HOLD':
    case 'REVIEW':
      return state.share;
  }
}

/** What this look leaves behind. Harm and a broken split once seen stay seen: only running minima are carried on. */
export function remember(memory: RampMemory, reading: EvidenceReading): RampMemory {
  const harmP: Record<string, number> = { ...memory.harmP };
  for (const { metric, harm } of reading.guardrails) {
    if (harm.p !== null) harmP[metric] = Math.min(harmP[metric] ?? 1, harm.p);
  }
  return { ...memory, harmP, srmP: Math.min(memory.srmP, reading.integrity.srmP) };
}

export function finished(state: RampState): Step {
  return {
    kind: 'HOLD',
    reasons: [
      { code: 'ROLLOUT_FINISHED', message: `The rollout is ${state.lifecycle}; nothing moves any more.` },
    ],
    stage: { before: state.stage, after: state.stage },
    share: { before: state.share, after: state.share },
    reading: null,
    memory: state.memory,
  };
}
