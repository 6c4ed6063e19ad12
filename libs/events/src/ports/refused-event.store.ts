import type { NewEvent } from '../domain/new-event.js';

/** An event that was acknowledged and cannot be counted. */
export interface RefusedEvent {
  readonly event: NewEvent;
  /** `EVENT_ID_REUSED`: its id belongs to another event. `NOT_STORABLE`: the database does not take it. */
  readonly reason: 'EVENT_ID_REUSED' | 'NOT_STORABLE';
}

/** Where acknowledged events go that cannot be counted, so that a person can still find them. */
export abstract class RefusedEventStore {
  /** Keeps each once, however often it is told. @throws StoreUnavailable nothing is known to be kept */
  abstract keep(
    environment: string,
    refused: readonly RefusedEvent[],
    times: { readonly receivedAt: Date; readonly foundAt: Date },
  ): Promise<void>;
}
