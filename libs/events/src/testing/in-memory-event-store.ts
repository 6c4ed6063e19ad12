import { type AppendStatus, Batch } from '../domain/batch.js';
import type { NewEvent } from '../domain/new-event.js';
import { EventStore, StoreUnavailable } from '../ports/event-store.js';

/** An event store in memory that keeps the same promises; for tests of what stands before it. */
export class InMemoryEventStore extends EventStore {
  readonly stored: Array<{ environment: string; event: NewEvent; receivedAt: Date }> = [];
  /** Set to make every call fail as if the database were away. */
  unavailable = false;
  private readonly keys = new Map<string, string>();

  override async append(
    environment: string,
    events: readonly NewEvent[],
    receivedAt: Date,
  ): Promise<AppendStatus[]> {
    if (this.unavailable) throw new StoreUnavailable(new Error('the fake was told to be away'));
    const batch = new Batch(events);
    const known = new Map<string, string>();
    for (const { event, digest: own } of batch.firsts) {
      const key = JSON.stringify([environment, event.id]);
      const digest = this.keys.get(key);
      if (digest !== undefined) {
        known.set(event.id, digest);
        continue;
      }
      this.keys.set(key, own);
      this.stored.push({ environment, event, receivedAt });
    }
    return batch.statuses(known);
  }
}
