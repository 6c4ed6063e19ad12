/**
 * Turns events into per-unit rows and these into statistics. Any number of workers may run it at once: each takes a
 * shard of the units under a lock that ends with its transaction, so a crash leaves everything as it was.
 */
export abstract class Aggregator {
  /**
   * Takes up what is pending and not in another worker's hands, then refreshes the statistics that follow from it.
   *
   * @param now decides which windows have closed
   * @returns whether it did anything
   */
  abstract round(now: Date): Promise<boolean>;

  /** Whether anything waits to be aggregated or refreshed, work in another worker's hands included. */
  abstract hasWork(now: Date): Promise<boolean>;

  /** When the event that has waited longest to be counted was received; null when none waits. */
  abstract waitingSince(environment: string): Promise<Date | null>;

  /**
   * Makes every unit of a subject pending again, found from the events themselves, and all its statistics dirty.
   * Repair and proof: the rounds that follow change nothing when all was right.
   *
   * @returns how many units it found in the events
   * @throws CorrectionError `EVENTS_DROPPED` not all of its events are kept any more
   */
  abstract recount(subjectId: string): Promise<number>;

  /** Makes one unit pending again, for every subject it was exposed in. */
  abstract recountUnit(environment: string, unit: string): Promise<void>;

  /** Waits until nobody counts the unit, and keeps it so until the open transaction ends. */
  abstract hold(unit: string): Promise<void>;

  /** Counts a unit anew and refreshes its statistics within the open transaction, which holds it. */
  abstract countNow(environment: string, unit: string, now: Date): Promise<void>;
}
