/** A half-open stretch [from, to) of the 32-bit hash space; to may be 2^32. */
export type HashRange = readonly [from: number, to: number];

/** Number of positions; every position is below it. */
export const HASH_SPACE = 2 ** 32;

/** Whether a position lies in one of the stretches. */
export function holds(ranges: readonly HashRange[], position: number): boolean {
  return ranges.some(([from, to]) => position >= from && position < to);
}

/** Positions covered; overlapping stretches count once. */
export function sizeOf(ranges: readonly HashRange[]): number {
  return merged(ranges).reduce((sum, [from, to]) => sum + (to - from), 0);
}

/** The same positions as sorted stretches that neither touch nor overlap; empty ones are gone. */
export function merged(ranges: readonly HashRange[]): HashRange[] {
  const sorted = ranges.filter(([from, to]) => to > from).sort((a, b) => a[0] - b[0]);
  const result: Array<[number, number]> = [];
  for (const [from, to] of sorted) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

/** Everything that none of the stretches covers, sorted. */
export function complement(ranges: readonly HashRange[]): HashRange[] {
  const free: HashRange[] = [];
  let start = 0;
  for (const [from, to] of merged(ranges)) {
    if (from > start) free.push([start, from]);
    start = to;
  }
  if (start < HASH_SPACE) free.push([start, HASH_SPACE]);
  return free;
}

/** The first `size` positions of some stretches, lowest first, and what is left of them. */
export function takeLowest(
  ranges: readonly HashRange[],
  size: number,
): { taken: HashRange[]; left: HashRange[] } {
  const taken: HashRange[] = [];
  const left: HashRange[] = [];
  let wanted = size;
  for (const [from, to] of merged(ranges)) {
    const cut = Math.min(to, from + wanted);
    if (cut > from) taken.push([from, cut]);
    if (to > cut) left.push([cut, to]);
    wanted -= cut - from;
  }
  return { taken, left };
}
