import type { RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';

/** A rollout as it is kept: who replaces whom, the approved plan, and where it stands. */
export interface Rollout {
  readonly id: string;
  readonly key: string;
  readonly task: string;
  readonly environment: string;
  readonly experimentId: string | null;
  readonly championId: string;
  readonly challengerId: string;
  /** The winning variant of the experiment, for `carryWinners`. */
  readonly challengerVariant: string | null;
  readonly plan: RampPlan;
  readonly state: RampState;
  /** Counts every change; a writer that saw an older one is refused. */
  readonly revision: number;
  readonly coolDownUntil: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}
