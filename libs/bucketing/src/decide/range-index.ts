import { HASH_SPACE, type HashRange } from '../ranges/hash-range.js';

/** The largest small integer: every position but itself is below it. */
const TOP = 2 ** 31 - 1;

/**
 * Who owns a position. Where two claim one position the first listed has it, so a broken ruleset still gives everyone
 * one answer.
 *
 * The first stretches stand in the object itself: with many tasks a decision waits for memory more than for arithmetic,
 * and nearly every split has three arms or fewer. Further ones are searched by halves, so that the cost does not grow
 * with the number of owners.
 */
export class RangeIndex<Owner> {
  private readonly end0: number;
  private readonly owner0: Owner | undefined;
  private readonly end1: number;
  private readonly owner1: Owner | undefined;
  private readonly end2: number;
  private readonly owner2: Owner | undefined;
  /** Of what lies above the three, unless there are more. */
  private readonly above: Owner | undefined;
  private readonly more: ReadonlyArray<Stretch<Owner>> | null;

  /** @param bias what positions asked for are lowered by (`Placing.bias`); ranges are given without */
  constructor(claims: ReadonlyArray<Claim<Owner>>, bias = 0) {
    const stretches = consecutive(claims).map(({ end, owner }) => ({ end: end - bias, owner }));
    const at = (index: number): Stretch<Owner> =>
      index + 1 < stretches.length ? stretches[index]! : { end: TOP, owner: stretches.at(-1)?.owner };
    ({ end: this.end0, owner: this.owner0 } = at(0));
    ({ end: this.end1, owner: this.owner1 } = at(1));
    ({ end: this.end2, owner: this.owner2 } = at(2));
    this.above = stretches.at(-1)?.owner;
    this.more = stretches.length > 4 ? stretches : null;
  }

  /** The owner of a position, lowered by the bias; undefined where nobody is. */
  at(position: number): Owner | undefined {
    if (position < this.end0) return this.owner0;
    if (position < this.end1) return this.owner1;
    if (position < this.end2) return this.owner2;
    return this.more === null ? this.above : search(this.more, position);
  }
}

interface Claim<Owner> {
  readonly ranges: readonly HashRange[];
  readonly owner: Owner;
}

/** From the end of the stretch before it up to its own. */
interface Stretch<Owner> {
  readonly end: number;
  readonly owner: Owner | undefined;
}

function search<Owner>(stretches: ReadonlyArray<Stretch<Owner>>, position: number): Owner | undefined {
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (position < stretches[middle]!.end) high = middle;
    else low = middle + 1;
  }
  return stretches[low]!.owner;
}

interface Claimed<Owner> {
  readonly from: number;
  readonly to: number;
  readonly owner: Owner;
  readonly order: number;
}

/** The whole space from 0 up, cut where the owner changes; the last stretch has no end. */
function consecutive<Owner>(claims: ReadonlyArray<Claim<Owner>>): Array<Stretch<Owner>> {
  const claimed: Array<Claimed<Owner>> = [];
  let sorted = true;
  for (let order = 0; order < claims.length; order += 1) {
    const { ranges, owner } = claims[order]!;
    for (const [from, to] of ranges) {
      if (to <= from) continue;
      sorted &&= claimed.length === 0 || from >= claimed.at(-1)!.to;
      claimed.push({ from, to, owner, order });
    }
  }
  if (!sorted) claimed.sort((a, b) => a.from - b.from || a.order - b.order);
  const overlap = !sorted && claimed.some(({ from }, index) => index > 0 && from < claimed[index - 1]!.to);
  const row = new Row<Owner>();
  for (const { from, to, owner } of overlap ? undisputed(claimed) : claimed) row.add(from, to, owner);
  return row.finish();
}

/** Stretches one after another, with gaps that nobody owns. */
class Row<Owner> {
  private readonly stretches: Array<{ end: number; owner: Owner | undefined }> = [];
  private at = 0;

  add(from: number, to: number, owner: Owner): void {
    if (from > this.at) this.push(from, undefined);
    this.push(to, owner);
  }

  finish(): Array<Stretch<Owner>> {
    if (this.at < HASH_SPACE) this.push(HASH_SPACE, undefined);
    return this.stretches;
  }

  private push(end: number, owner: Owner | undefined): void {
    const last = this.stretches.at(-1);
    if (last && last.owner === owner) last.end = end;
    else this.stretches.push({ end, owner });
    this.at = end;
  }
}

/** Claims that overlap, cut so that the first listed has what is disputed; sorted. */
function undisputed<Owner>(claimed: ReadonlyArray<Claimed<Owner>>): Array<Claimed<Owner>> {
  const cuts = [...new Set(claimed.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  return cuts.slice(1).flatMap((to, index) => {
    const from = cuts[index]!;
    const claiming = claimed.filter((one) => one.from <= from && one.to >= to);
    const first = claiming.reduce<Claimed<Owner> | null>(
      (best, one) => (best === null || one.order < best.order ? one : best),
      null,
    );
    return first ? [{ ...first, from, to }] : [];
  });
}
