import { eventDigest } from './event-digest.js';
import type { NewEvent } from './new-event.js';

/** What became of one event of a batch: stored now, stored before, or refused because its id means another event. */
export type AppendStatus = 'accepted' | 'duplicate' | 'reused';

/** An event that comes first under its id within its batch. */
export interface FirstOfId {
  readonly event: NewEvent;
  readonly digest: string;
}

/** Stands in the place of a digest once the event was erased: its id is taken and nobody may know for what. */
const FORGOTTEN = '';

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
   * @param known digests of the ids that were stored before this batch; null: nobody knows the digest any more; empty:
   *   the event was erased, and whatever comes under its id is called a repetition. All other ids were stored by it.
   */
  statuses(known: ReadonlyMap<string, string | null>): AppendStatus[] {
    if (known.size === 0 && this.firsts.length === this.events.length)
      return this.events.map(() => 'accepted');
    const own = new Map(this.firsts.map(({ event, digest }) => [event.id, digest]));
    const met = new Set<string>();
    return this.events.map(({ id }, index) => {
      const before = known.get(id);
      const stored = before === undefined ? own.get(id) : before;
      if (before !== FORGOTTEN && stored !== this.digests[index]) return 'reused';
      if (before !== undefined || met.has(id)) return 'duplicate';
      met.add(id);
      return 'accepted';
    });
  }
}
