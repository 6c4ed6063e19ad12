/** Flags of ours in an organisation's Unleash server begin with it. */
export const FLAG_PREFIX = 'contender.';

/** What a flag of ours is about. */
export interface GateFlag {
  readonly environment: string;
  /** null: every task of the environment. */
  readonly task: string | null;
  /** `kill` closes while it is on, `gate` while it is off. */
  readonly kind: 'kill' | 'gate';
}

/**
 * Reads `contender.<environment>.<task>.kill`, `contender.<environment>.<task>.gate` and `contender.<environment>.kill`.
 * Keys of environments have no dots, keys of tasks may.
 *
 * @returns null for any other name
 */
export function readGateFlag(name: string): GateFlag | null {
  const [, environment, task, kind] = /^contender\.([^.]+)\.(?:(.+)\.)?(kill|gate)$/.exec(name) ?? [];
  if (environment === undefined || (task === undefined && kind === 'gate')) return null;
  return { environment, task: task ?? null, kind: kind as GateFlag['kind'] };
}

/** The flag that shows how far a task's rollout is. */
export function rolloutFlag(environment: string, task: string): string {
  return `${FLAG_PREFIX}${environment}.${task}.rollout`;
}

/** Whole per cent of a share, never more than it: Unleash has no smaller step, and a mirror must not promise more. */
export function percentOf(share: number): number {
  return Math.floor(share * 100 + 1e-9);
}
