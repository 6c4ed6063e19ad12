/**
 * Ids met lately, in groups: the last `capacity` that were added are known, and at most as many older ones.
 *
 * Two generations, the older forgotten as a whole: taking single ids off the front of a large Set walks over all that
 * were taken off before, which stops the process for milliseconds at every id. Groups, because putting a long group's
 * name before each id makes a text to be copied and hashed at every question.
 */
export class RecentIds {
  private young = new Map<string, Set<string>>();
  private old = new Map<string, Set<string>>();
  /** Ids in `young`. */
  private size = 0;

  constructor(private readonly capacity: number) {}

  /** False when it was there already. */
  add(group: string, id: string): boolean {
    if (this.has(group, id)) return false;
    if (this.size >= this.capacity) {
      this.old = this.young;
      this.young = new Map();
      this.size = 0;
    }
    let ids = this.young.get(group);
    if (ids === undefined) this.young.set(group, (ids = new Set()));
    ids.add(id);
    this.size += 1;
    return true;
  }

  has(group: string, id: string): boolean {
    return this.young.get(group)?.has(id) === true || this.old.get(group)?.has(id) === true;
  }

  delete(group: string, id: string): void {
    if (this.young.get(group)?.delete(id) === true) this.size -= 1;
    this.old.get(group)?.delete(id);
  }
}
