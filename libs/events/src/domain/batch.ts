import { eventDigest } from './event-digest.js';
import type { NewEvent } from './new-event.js';

/** What became of one event of a batch: stored now, stored before, or refused because its id means another event. */
export type AppendStatus = 'accepted' | 'duplicate' | 'reused';

/** An event that comes first under its id within its batch. */
export interface FirstOfId {
  readonly event: NewEvent;
  readonly digest: string;
}

/** A batch with repeated ids folded together. */
export class Batch {
  /** Sorted by id: concurrent batches then wait for each other in one order and cannot deadlock. */
  readonly firsts: readonly FirstOfId[];
  private readonly digests: readonly string[];

  constructor(private readonly events: readonly NewEvent[]) {
    const firsts = new Map<string, FirstOfId>();
    this.digests = events.map((event) => {
      const digest = eventDigest(event);
      if (!firsts.has(event.id)) firsts.set(event.id, { event, digest });
      return digest;
    });
    this.firsts = [...firsts.values()].sort((a, b) => (a.event.id < b.event.id ? -1 : 1));
  }

  /**
   * One status per event, in the order of the batch.
   *
   * @param inserted ids stored by this batch
   * @param known    digests under which the other ids are stored already
   */
  statuses(inserted: ReadonlySet<string>, known: ReadonlyMap<string, string>): AppendStatus[] {
    const own = new Map(this.firsts.map(({ event, digest }) => [event.id, digest]));
    const met = new Set<string>();
    return this.events.map(({ id }, index) => {
      const stored = inserted.has(id) ? own.get(id) : known.get(id);
      if (stored !== this.digests[index]) return 'reused';
      if (!inserted.has(id) || met.has(id)) return 'duplicate';
      met.add(id);
      return 'accepted';
    });
  }
}
