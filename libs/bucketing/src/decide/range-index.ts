import type { HashRange } from '../ranges/hash-range.js';

/**
 * Who owns a position, by binary search over sorted stretches: the cost does not grow with the number of owners.
 * Where two claim one position the first listed has it, so a broken ruleset still gives everyone one answer.
 */
export class RangeIndex<Owner> {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly owners: Owner[] = [];

  constructor(claims: ReadonlyArray<{ readonly ranges: readonly HashRange[]; readonly owner: Owner }>) {
    const points = new Set<number>();
    for (const { ranges } of claims) for (const [from, to] of ranges) points.add(from).add(to);
    const stretches = claims
      .flatMap(({ ranges, owner }, order) => ranges.map(([from, to]) => ({ from, to, owner, order })))
      .filter(({ from, to }) => to > from)
      .sort((a, b) => a.from - b.from || a.order - b.order);
    const cuts = [...points].sort((a, b) => a - b);
    let next = 0;
    let open: typeof stretches = [];
    for (let index = 0; index + 1 < cuts.length; index += 1) {
      const from = cuts[index]!;
      open = open.filter((one) => one.to > from);
      while (next < stretches.length && stretches[next]!.from === from) open.push(stretches[next++]!);
      const first = open.reduce<(typeof stretches)[number] | null>(
        (best, one) => (best === null || one.order < best.order ? one : best),
        null,
      );
      if (first) this.push(from, cuts[index + 1]!, first.owner);
    }
  }

  /** Whether nobody owns anything. */
  get isEmpty(): boolean {
    return this.owners.length === 0;
  }

  /** The owner of a position; undefined where nobody is. */
  at(position: number): Owner | undefined {
    let low = 0;
    let high = this.starts.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (position < this.starts[middle]!) high = middle - 1;
      else if (position >= this.ends[middle]!) low = middle + 1;
      else return this.owners[middle];
    }
    return undefined;
  }

  private push(from: number, to: number, owner: Owner): void {
    const last = this.ends.length - 1;
    if (this.owners[last] === owner && this.ends[last] === from) this.ends[last] = to;
    else {
      this.starts.push(from);
      this.ends.push(to);
      this.owners.push(owner);
    }
  }
}
