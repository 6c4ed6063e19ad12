import type { CompiledRuleset } from './compiled.js';

/** Arms of a holdout: units held back, and as many of those that take part in everything. */
export const HOLDOUT_VARIANTS = ['held', 'open'] as const;
export type HoldoutVariant = (typeof HOLDOUT_VARIANTS)[number];

/** What exposures of one arm of a holdout have in common; one frozen object for all its units on a task. */
export interface HoldoutArm {
  readonly task: string;
  readonly kind: 'holdout';
  readonly id: string;
  readonly key: string;
  readonly epoch: number;
  readonly variant: HoldoutVariant;
  /** What was assigned earlier does not expose, in ms since 1970. */
  readonly sinceMs: number;
}

/**
 * The arm of its task's holdout that a unit is in, whatever else is decided for it; null: in none, or nobody may say.
 *
 * Asks what stands before the holdout in the order of decision, so that both arms leave out the same: closed tasks and
 * named units. A unit that is asked about under a stale ruleset is in its arm all the same. Never throws.
 */
export function holdoutArm(
  compiled: CompiledRuleset,
  taskKey: string,
  unit: string | null | undefined,
): HoldoutArm | null {
  const program = typeof taskKey === 'string' ? compiled.programs[taskKey] : undefined;
  const holdout = program?.holdout;
  if (!holdout?.measured || typeof unit !== 'string' || unit === '') return null;
  if (program!.closed !== null || program!.overrides?.has(unit) === true) return null;
  const { openRange, arms } = holdout.measured;
  const position = holdout.placing.of(unit);
  if (position < holdout.range[1]) return arms.held;
  return position >= openRange[0] ? arms.open : null;
}
