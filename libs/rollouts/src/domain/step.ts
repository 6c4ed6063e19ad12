import type { Reason } from '@app/stats';
import type { EvidenceReading } from './reading.js';
import type { RampMemory } from './ramp-state.js';

export const STEP_KINDS = ['ADVANCE', 'HOLD', 'ROLLBACK', 'REVIEW', 'PROMOTE', 'STOP_FUTILE'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/**
 * What happens now, and why. `HOLD` waits for evidence or time, `REVIEW` waits for a person; neither changes the share.
 */
export interface Step {
  readonly kind: StepKind;
  /** What decided it; for HOLD and REVIEW all that is still missing, the most important first. */
  readonly reasons: readonly Reason[];
  readonly stage: { readonly before: number; readonly after: number };
  readonly share: { readonly before: number; readonly after: number };
  /** What the evidence said: bounds, margins, benefit and integrity behind the reasons. */
  readonly reading: EvidenceReading | null;
  /** What this look leaves to the next one. */
  readonly memory: RampMemory;
}
