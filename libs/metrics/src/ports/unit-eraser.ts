import type { SubjectKind } from '@app/bucketing';

/** Whose data to remove. */
export interface ErasureTarget {
  readonly environment: string;
  readonly unit: string;
  /** Only under this type, and what says no type; '' under every type. */
  readonly unitType: string;
}

/** What an erasure removed. Names nobody. */
export interface Erasure {
  /** 64 hexadecimal digits that stand for the unit: the same at every erasure of it. */
  readonly reference: string;
  /** Events that happened up to then are removed whenever they arrive. */
  readonly until: Date;
  readonly events: number;
  /** Outcomes that named no unit, only an inference made for it. */
  readonly inferenceEvents: number;
  /** Events about other units too: their numbers stay, comment and attributes went. */
  readonly scrubbedEvents: number;
  /** Events that were kept aside because they could not be counted. */
  readonly refusedEvents: number;
  /** Experiments and rollouts whose statistics no longer hold the unit. */
  readonly subjects: ReadonlyArray<{ readonly kind: SubjectKind; readonly key: string }>;
  /** Experiments whose configuration names the unit; people change that. */
  readonly overrides: readonly string[];
}

/** Makes the platform forget a unit. */
export abstract class UnitEraser {
  /**
   * Removes all that is stored of a unit and counts its statistics anew, in one transaction: when it has committed
   * neither holds the unit, and when it has not nothing happened. Safe to repeat, and beside running workers.
   */
  abstract erase(target: ErasureTarget, now: Date): Promise<Erasure>;
}
