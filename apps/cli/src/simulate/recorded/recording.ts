import type { RampPlan } from '@app/rollouts';
import type { RecordedUnit } from './recorded-unit.js';

/**
 * What a rollout over a recording has to come to. `taken off`: rolled back, or stopped because it is proven worse than
 * what could be worth having.
 */
export type RightEnd = 'rolled back' | 'taken off' | 'promoted' | 'not rolled back';

/** A rollout that a recording tells: what it is judged by, and what is right. */
export interface Recording {
  readonly name: string;
  readonly plan: RampPlan;
  readonly units: readonly RecordedUnit[];
  readonly perLook: number;
  readonly right: RightEnd;
  /** When the challenger went bad; null: from the start, or never. */
  readonly turnedAt: number | null;
}
