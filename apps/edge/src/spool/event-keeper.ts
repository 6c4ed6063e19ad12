import { type AppendStatus, EventStore, type NewEvent } from '@app/events';
import { type Spool, SpoolFull } from '@app/spool';
import { CannotKeep, isAway } from '../events/store-away.js';
import { encodeBatch } from './spooled-batch.js';

/** Where events ended up: in the database, which knows what became of each, or on disk, where nobody knows yet. */
export type Kept =
  { readonly kind: 'stored'; readonly statuses: readonly AppendStatus[] } | { readonly kind: 'spooled' };

export interface EventsToKeep {
  readonly environment: string;
  readonly events: readonly NewEvent[];
  readonly receivedAt: Date;
  /** Places of events under ids of the platform's own. */
  readonly own: readonly number[];
}

/** Told when the database is found to be away, so that somebody tries it again. */
export type OnAway = (reason: unknown) => void;

/**
 * Makes events durable: in the database, or in the spool while it is away.
 *
 * A commit whose answer never came counts as away: the same events go to the spool under the same ids and are counted
 * once whatever became of it. While the database is known to be away nobody waits for it.
 */
export class EventKeeper {
  private away = false;
  /** Batches on their way to disk, which the drain cannot see yet. */
  private spooling = 0;

  constructor(
    private readonly store: EventStore,
    private readonly spool: Pick<Spool, 'append'>,
    private readonly onAway: OnAway,
  ) {}

  get storeAway(): boolean {
    return this.away;
  }

  /** The drain got through to the database, or has nothing to try it with. */
  storeIsBack(): void {
    if (this.spooling === 0) this.away = false;
  }

  /**
   * Resolves when the events are durable.
   *
   * @throws CannotKeep neither place can take them; whatever else the database refuses them for, as it is
   */
  async keep(batch: EventsToKeep): Promise<Kept> {
    const { environment, events, receivedAt } = batch;
    let reason: unknown;
    if (!this.away) {
      try {
        return { kind: 'stored', statuses: await this.store.append(environment, events, receivedAt) };
      } catch (error) {
        if (!isAway(error)) throw error;
        reason = error;
        this.away = true;
      }
    }
    this.spooling += 1;
    try {
      await this.spool.append(encodeBatch(batch));
    } catch (error) {
      throw new CannotKeep(error instanceof SpoolFull ? 'SPOOL_FULL' : 'STORE_UNAVAILABLE', error);
    } finally {
      this.spooling -= 1;
      this.onAway(reason);
    }
    return { kind: 'spooled' };
  }

  /** Exposures of our own answers: all of them under our ids. */
  async append(environment: string, events: readonly NewEvent[], receivedAt: Date): Promise<Kept> {
    return this.keep({ environment, events, receivedAt, own: events.map((_, place) => place) });
  }
}
