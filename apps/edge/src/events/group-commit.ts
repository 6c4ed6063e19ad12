import { type AppendStatus, EventStore, type NewEvent } from '@app/events';
import { isAway } from './store-away.js';

export interface GroupLimits {
  /** Transactions under way at one time: one connection each. */
  readonly lanes: number;
  /** Events of one transaction, unless one caller alone brings more. */
  readonly events: number;
  /** Waiting events that are worth another lane while one is busy; fewer wait for it. */
  readonly worthALane: number;
}

export const GROUP_LIMITS: GroupLimits = { lanes: 4, events: 1000, worthALane: 100 };

interface Waiting {
  readonly environment: string;
  readonly events: readonly NewEvent[];
  readonly receivedAt: Date;
  readonly resolve: (statuses: AppendStatus[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Batches that come while others are being committed share the next transaction; each caller gets its own answers.
 *
 * Nobody waits for company: a batch that finds nothing under way goes at once, and any other waits for one commit at
 * most before its turn. Ids that meet in one group are judged in the order in which they came.
 */
export class GroupCommit extends EventStore {
  private queue: Waiting[] = [];
  private queuedEvents = 0;
  private busy = 0;

  constructor(
    private readonly store: EventStore,
    private readonly limits: GroupLimits = GROUP_LIMITS,
  ) {
    super();
  }

  override append(
    environment: string,
    events: readonly NewEvent[],
    receivedAt: Date,
  ): Promise<AppendStatus[]> {
    if (events.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.queue.push({ environment, events, receivedAt, resolve, reject });
      this.queuedEvents += events.length;
      this.pump();
    });
  }

  private pump(): void {
    const { lanes, worthALane } = this.limits;
    while (this.queue.length > 0 && this.busy < lanes) {
      if (this.busy > 0 && this.queuedEvents < worthALane) return;
      this.busy += 1;
      void this.commit(this.takeGroup()).then(() => {
        this.busy -= 1;
        this.pump();
      });
    }
  }

  /** The oldest, and what waits beside it for the same environment. */
  private takeGroup(): Waiting[] {
    const { environment } = this.queue[0]!;
    const group: Waiting[] = [];
    const rest: Waiting[] = [];
    let events = 0;
    for (const one of this.queue) {
      const fits = events === 0 || events + one.events.length <= this.limits.events;
      if (fits && one.environment === environment) {
        group.push(one);
        events += one.events.length;
      } else rest.push(one);
    }
    this.queue = rest;
    this.queuedEvents -= events;
    return group;
  }

  private async commit(group: readonly Waiting[]): Promise<void> {
    const [first] = group;
    try {
      const statuses = await this.store.append(
        first!.environment,
        group.length === 1 ? first!.events : group.flatMap(({ events }) => events),
        group.at(-1)!.receivedAt,
      );
      let from = 0;
      for (const { events, resolve } of group) {
        resolve(statuses.slice(from, from + events.length));
        from += events.length;
      }
    } catch (error) {
      if (group.length === 1 || isAway(error)) {
        for (const { reject } of group) reject(error);
        return;
      }
      // One of them cannot be stored; the others must not fail with it.
      for (const one of group) await this.commit([one]);
    }
  }
}
