import type { Rng } from '@app/kernel';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Rests after failed attempts; three days in all, which outlasts a weekend. */
const RESTS_MS = [5_000, 30_000, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 16 * HOUR, 24 * HOUR, 24 * HOUR];

/** How long a delivery under way belongs to the worker that took it; a worker that died leaves it to another then. */
export const LEASE_MS = MINUTE;

/**
 * When a delivery is tried again after its n-th failed attempt (n ≥ 1); null when it is given up.
 *
 * Up to a fifth is added by chance, so that what failed together does not come back together.
 */
export function nextAttempt(attempts: number, now: Date, rng: Rng): Date | null {
  const rest = RESTS_MS[attempts - 1];
  return rest === undefined ? null : new Date(now.getTime() + rest * (1 + rng.next() / 5));
}
