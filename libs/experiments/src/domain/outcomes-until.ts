/** Outcomes of concluded experiments count this long at least. */
const GRACE_MS = 7 * 86_400_000;

/** Until when outcomes count: seven days, or the longest window of a metric so that nobody's is cut short. */
export function outcomesUntil(
  concludedAt: Date,
  metrics: ReadonlyArray<{ readonly windowDelayS: number; readonly windowLengthS: number | null }>,
): Date {
  const longest = metrics.reduce(
    (most, { windowDelayS, windowLengthS }) => Math.max(most, (windowDelayS + (windowLengthS ?? 0)) * 1000),
    GRACE_MS,
  );
  return new Date(concludedAt.getTime() + longest);
}
