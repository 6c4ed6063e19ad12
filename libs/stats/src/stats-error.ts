export type StatsErrorCode = 'STATS_DOMAIN' | 'STATS_SHAPE' | 'STATS_METHOD';

/**
 * A call no answer exists for: an argument outside its domain, lengths that differ, a method not offered.
 *
 * Undefined estimates (n < 2, no variance) are not errors: those come back as `null` or `insufficient`.
 */
export class StatsError extends Error {
  constructor(
    readonly code: StatsErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'StatsError';
  }
}

/** Throws `STATS_DOMAIN` unless the condition holds; `name` and `value` go into the message. */
export function requireDomain(holds: boolean, name: string, value: unknown, expected: string): void {
  if (!holds)
    throw new StatsError('STATS_DOMAIN', `${name} must be ${expected}, got ${String(value)}`, {
      name,
      value,
    });
}

/** Throws `STATS_DOMAIN` unless p is a probability in [0, 1]. */
export function requireProbability(p: number, name = 'p'): void {
  requireDomain(p >= 0 && p <= 1, name, p, 'a probability in [0, 1]');
}
