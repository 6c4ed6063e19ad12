import { DomainError } from '@app/kernel';
import type { AppendStatus } from '../domain/batch.js';
import type { NewEvent } from '../domain/new-event.js';

/** Where events are kept. Append-only, and an id counts once per environment for ever. */
export abstract class EventStore {
  /**
   * Stores a batch: all of it or nothing, durable when the promise resolves.
   *
   * @returns one status per event, in the order given
   * @throws StoreUnavailable nothing is known to be stored; sending the same events again is safe
   */
  abstract append(
    environment: string,
    events: readonly NewEvent[],
    receivedAt: Date,
  ): Promise<AppendStatus[]>;
}

/** The database cannot be reached or cannot write now. The same call may succeed later. */
export class StoreUnavailable extends DomainError<'STORE_UNAVAILABLE'> {
  constructor(cause: unknown) {
    super(
      'STORE_UNAVAILABLE',
      'The event store cannot be reached; send the same events again.',
      {},
      { cause },
    );
    this.name = 'StoreUnavailable';
  }
}
