import type { ArmMoments, EpochCounts, PairMoments } from '@app/stats';
import type { VersionEvidence } from './versions.js';

/** The arms of a rollout. Harm is read against control and champion together, the gates against the control. */
export const CHALLENGER = 'challenger';
export const CONTROL = 'control';
export const CHAMPION = 'champion';

/** Sufficient statistics of one metric, per epoch and arm. */
export interface RampMetricEvidence {
  readonly key: string;
  readonly epochs: ReadonlyArray<{
    readonly number: number;
    readonly arms: Readonly<Record<string, ArmMoments>>;
  }>;
  /** Units exposed whose window is still open, per arm. */
  readonly openUnits: Readonly<Record<string, number>>;
}

/** What the challenger would have answered, beside what the champion did answer; units that have both, per metric. */
export interface ShadowEvidence {
  readonly metrics: ReadonlyArray<{
    readonly key: string;
    /** x is the champion's value of a unit, y the challenger's; of a ratio its linearised value, whose mean is the ratio. */
    readonly pairs: PairMoments;
  }>;
  /** Latest outcome that is part of a pair. */
  readonly lastPairAt: string | null;
}

/**
 * All that a step is decided from: sufficient statistics over the whole rollout, one stream over all stages. Plain
 * data, so that a receipt can carry it and anyone can decide again.
 */
export interface RampEvidence {
  readonly asOf: string;
  readonly epochs: readonly EpochCounts[];
  readonly crossing: { readonly units: number; readonly exposed: number };
  /** Units kept on the winner of the experiment: exposed, not estimated. */
  readonly carriedUnits: number;
  readonly metrics: readonly RampMetricEvidence[];
  readonly lastExposureAt: string | null;
  readonly lastOutcomeAt: string | null;
  /**
   * When the event that has waited longest to be counted was received; null when none waits. Absent in evidence older than
   * it.
   */
  readonly waitingSince?: string | null;
  /** Full days since the first exposure. */
  readonly fullDays: number;
  /** The champion that serves the task now is the one this rollout compares with. */
  readonly championUnchanged: boolean;
  /** While the rollout is in its shadow stage. */
  readonly shadow?: ShadowEvidence;
  /** Judges and models behind the values; absent in evidence older than it. */
  readonly versions?: VersionEvidence;
}
