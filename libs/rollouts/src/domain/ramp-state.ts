import type { RolloutState } from './rollout-lifecycle.js';

/** A person's approval of entering one stage (`stages.length` is the step to 100 %). */
export interface Approval {
  readonly stage: number;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

export interface Hold {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** A gate's sample-size tuning, fixed when the stage is entered and never touched again. */
export interface Gate {
  readonly stage: number;
  readonly nStar: number;
}

/** What earlier looks leave to later ones. */
export interface RampMemory {
  /** Running minimum of each metric's harm p-value: harm once seen stays seen. */
  readonly harmP: Readonly<Record<string, number>>;
  /** Running minimum of the sequential p-value of the split. */
  readonly srmP: number;
  /** Digest of what the last HOLD that left a receipt waited for, and of its evidence. */
  readonly holdDigest: string | null;
}

/** The experiment's concluding look, when it said SHIP: it stands for the first stage's gates. */
export interface ConcludingLook {
  readonly lookId: string;
  readonly resultDigest: string;
  readonly at: string;
}

/**
 * Where a rollout stands. Plain data, instants in RFC 3339: it goes into receipts and is recomputed from them.
 */
export interface RampState {
  readonly lifecycle: RolloutState;
  /** Index of the current stage; `stages.length` once promoted. */
  readonly stage: number;
  readonly stageEnteredAt: string;
  /** Epoch opened when the stage was entered. */
  readonly stageEpoch: number;
  readonly share: number;
  readonly controlShare: number;
  readonly startedAt: string;
  readonly gate: Gate;
  readonly memory: RampMemory;
  readonly approvals: readonly Approval[];
  readonly hold: Hold | null;
  readonly lastHumanDecisionAt: string | null;
  readonly concludingLook: ConcludingLook | null;
}

/** Days a concluding look may stand for the first stage's gates. */
export const CONCLUDING_LOOK_DAYS = 30;
