/** Smaller differences are the resolution of the header and the way it took. */
const TOLERATED_MS = 5_000;

/**
 * The time of events. The edge refuses events from its future, so a machine whose clock is off by more than a few
 * seconds uses the edge's, as the `Date` of its answers says it.
 */
export class ServerTime {
  private offsetMs = 0;

  constructor(private readonly now: () => number) {}

  nowMs(): number {
    return this.now() + this.offsetMs;
  }

  learn(dateHeader: string | null): void {
    const theirs = dateHeader === null ? NaN : Date.parse(dateHeader);
    if (Number.isNaN(theirs)) return;
    const offset = theirs - this.now();
    this.offsetMs = Math.abs(offset) > TOLERATED_MS ? offset : 0;
  }
}
