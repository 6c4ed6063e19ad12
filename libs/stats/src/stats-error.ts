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

/**
 * Throws `STATS_DOMAIN` unless the condition holds; `name` and `value` go into the message.
 *
 * A `limit` that is a number goes behind `expected`: a text made of it by the caller would be made at every call, which
 * costs more than most of what is being checked.
 */
export function requireDomain(
  holds: boolean,
  name: string,
  value: unknown,
  expected: string,
  limit?: number,
): void {
  if (holds) return;
  const wanted = limit === undefined ? expected : `${expected} ${limit}`;
  throw new StatsError('STATS_DOMAIN', `${name} must be ${wanted}, got ${String(value)}`, { name, value });
}

/** Throws `STATS_DOMAIN` unless the value is finite: neither infinite nor NaN. */
export function requireFinite(value: number, name: string): void {
  requireDomain(Number.isFinite(value), name, value, 'finite');
}

/** Throws `STATS_DOMAIN` unless the value is positive and finite. */
export function requirePositive(value: number, name: string): void {
  requireDomain(value > 0 && value < Infinity, name, value, 'positive and finite');
}

/** Throws `STATS_DOMAIN` unless the value is finite and not negative. */
export function requireNotNegative(value: number, name: string): void {
  requireDomain(value >= 0 && value < Infinity, name, value, 'finite and ≥ 0');
}

/** Throws `STATS_DOMAIN` unless alpha lies in (0, 1). */
export function requireAlpha(alpha: number, name = 'alpha'): void {
  // Two-sided methods take half of it, and half of the smallest double is 0.
  requireDomain(alpha / 2 > 0 && alpha < 1, name, alpha, 'in (0, 1)');
}

/**
 * The value, or `STATS_DOMAIN` where arguments within their domains lead beyond the range of doubles: an answer of
 * NaN or Infinity would travel on unseen.
 */
export function inRange(value: number, name: string): number {
  if (!Number.isFinite(value))
    throw new StatsError('STATS_DOMAIN', `${name} is beyond the range of double precision`, { name });
  return value;
}

/** Throws `STATS_DOMAIN` unless p is a probability in [0, 1]. */
export function requireProbability(p: number, name = 'p'): void {
  requireDomain(p >= 0 && p <= 1, name, p, 'a probability in [0, 1]');
}
