import { StoreUnavailable } from '../ports/event-store.js';
import { type RefusedEvent, RefusedEventStore } from '../ports/refused-event.store.js';

/** Refused events in memory; for tests of what finds them. */
export class InMemoryRefusedEventStore extends RefusedEventStore {
  readonly kept: Array<{ environment: string } & RefusedEvent> = [];
  unavailable = false;

  override async keep(environment: string, refused: readonly RefusedEvent[]): Promise<void> {
    if (this.unavailable) throw new StoreUnavailable(new Error('the fake was told to be away'));
    for (const one of refused) this.kept.push({ environment, ...one });
  }
}
