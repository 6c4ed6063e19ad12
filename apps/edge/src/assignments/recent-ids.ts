/**
 * Ids met lately: the last `capacity` that were added are known, and at most as many older ones.
 *
 * Two generations, the older forgotten as a whole: taking single ids off the front of a large Set walks over all that
 * were taken off before, which stops the process for milliseconds at every id.
 */
export class RecentIds {
  private young = new Set<string>();
  private old = new Set<string>();

  constructor(private readonly capacity: number) {}

  add(id: string): void {
    if (this.has(id)) return;
    if (this.young.size >= this.capacity) {
      this.old = this.young;
      this.young = new Set();
    }
    this.young.add(id);
  }

  has(id: string): boolean {
    return this.young.has(id) || this.old.has(id);
  }
}
