import type { EdgeClock } from '../edge-clock.js';
import type { EdgeState } from '../snapshot/edge-state.js';

export interface Readiness {
  readonly status: 'ready' | 'starting';
  /** Newest ruleset held, by environment. */
  readonly rulesets: Readonly<Record<string, number>>;
  /** Since the database last confirmed them; null: never. */
  readonly unconfirmedSeconds: number | null;
  readonly stale: boolean;
}

/** Whether this edge can answer, and how sure it is that its rules are the newest. */
export class EdgeHealth {
  constructor(
    private readonly state: EdgeState,
    private readonly clock: EdgeClock,
    private readonly maxStalenessMs: number,
  ) {}

  /** The machine's clock, not virtual time: staleness is about a connection, and time may stand still or jump. */
  unconfirmedMs(): number | null {
    const { confirmedAtMs } = this.state;
    return confirmedAtMs === null ? null : Math.max(0, Date.now() - confirmedAtMs);
  }

  isStale = (): boolean => (this.unconfirmedMs() ?? Number.POSITIVE_INFINITY) > this.maxStalenessMs;

  readiness(): Readiness {
    const unconfirmed = this.unconfirmedMs();
    return {
      // An edge with a snapshot serves, database or not: taking it out of rotation would make an outage of ours one
      // of its callers.
      status: this.state.loaded && this.clock.ready ? 'ready' : 'starting',
      rulesets: Object.fromEntries(this.state.versions()),
      unconfirmedSeconds: unconfirmed === null ? null : unconfirmed / 1000,
      stale: this.isStale(),
    };
  }
}
