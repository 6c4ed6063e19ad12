/** How long to wait after failures in a row. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Doubles with every failure up to a longest wait; the second half of it is left to chance, so that callers cut off at one
 * moment do not come back at one moment.
 *
 * @param failures in a row, at least 1
 * @param random uniform in [0, 1)
 */
export function waitAfter(failures: number, { firstMs, longestMs }: Backoff, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (full / 2) * random;
}

/** Milliseconds that a `Retry-After` asks for: seconds or a date; null when it says nothing that can be read. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? null : Math.max(0, until - nowMs);
}
