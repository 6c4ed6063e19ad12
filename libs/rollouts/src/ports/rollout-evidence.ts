import type { RampEvidence } from '../domain/evidence.js';
import type { Rollout } from '../domain/rollout.js';

/** Where a rollout's evidence comes from. Read inside the transaction that decides on it. */
export abstract class RolloutEvidence {
  abstract read(rollout: Rollout, asOf: Date): Promise<RampEvidence>;
}
