/** How long a job that fails waits: doubling from a quarter of a minute to an hour. */
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * The next moment after `now` on the grid start + k × interval. A worker that slept over several of them runs once, and
 * a run asked for by hand does not move the grid.
 */
export function nextOnGrid(start: Date, intervalSeconds: number, now: Date): Date {
  const interval = intervalSeconds * 1000;
  const passed = Math.floor((now.getTime() - start.getTime()) / interval);
  return new Date(start.getTime() + Math.max(1, passed + 1) * interval);
}

/** @param attempts failures in a row, this one included */
export function afterFailure(now: Date, attempts: number): Date {
  return new Date(
    now.getTime() + Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_PAUSE_MS),
  );
}
