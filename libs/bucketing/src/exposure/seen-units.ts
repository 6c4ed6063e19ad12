import { murmur3 } from '../hash/murmur3.js';

/** Where the fingerprints of an arm's units begin. */
export interface ArmSeeds {
  readonly seedA: number;
  readonly seedB: number;
}

/** @param name what tells the arm, in its epoch, from all others */
export const armSeeds = (name: string): ArmSeeds => ({
  seedA: murmur3(name, 1) | 0,
  seedB: murmur3(name, 2) | 0,
});

const FIRST_SLOTS = 512;

/** One generation: open addressing over pairs of 32-bit words; the pair (0, 0) marks a free slot. */
interface Generation {
  words: Int32Array;
  mask: number;
  count: number;
}

const generation = (slots: number): Generation => ({
  words: new Int32Array(slots * 2),
  mask: slots - 1,
  count: 0,
});

/**
 * Which units an arm was exposed to lately: the last `capacity` pairs of (arm, unit) met, and up to as many older ones.
 *
 * Asked at every call, so it builds no text and allocates nothing: a pair is its 64-bit fingerprint, two multiplicative
 * hashes of the unit's UTF-16 units begun from two seeds of the arm. Two pairs fall together with probability 2^-64
 * (1e6 pairs: 3e-8 that any do); one exposure would then not be recorded. Two generations, the older forgotten as a whole; what
 * is met again moves to the younger, so that busy units stay known. Memory: 16 to 32 bytes a pair of capacity, twice.
 */
export class SeenUnits {
  private young = generation(FIRST_SLOTS);
  private old: Generation | null = null;
  private lastA = 0;
  private lastB = 0;

  /** @param capacity pairs in one generation, at least 1 */
  constructor(private readonly capacity: number) {}

  /** Pairs known now. */
  get size(): number {
    return this.young.count + (this.old?.count ?? 0);
  }

  /** Whether this unit was met in this arm; `addLast` then makes it so. */
  has({ seedA, seedB }: ArmSeeds, unit: string): boolean {
    let a = seedA;
    let b = seedB;
    for (let index = 0; index < unit.length; index += 1) {
      const code = unit.charCodeAt(index);
      a = Math.imul(a ^ code, 0x9e3779b1);
      b = Math.imul(b ^ code, 0x5f356495);
      // Without turning, the low bits would never hear of the high bits of what came before.
      a ^= a >>> 15;
      b = (b << 13) | (b >>> 19);
    }
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
    b = Math.imul(b ^ (b >>> 15), 0xc2b2ae35) ^ unit.length;
    a ^= a >>> 13;
    b ^= b >>> 16;
    if (a === 0 && b === 0) a = 1;
    this.lastA = a;
    this.lastB = b;
    if (holds(this.young, a, b)) return true;
    if (this.old === null || !holds(this.old, a, b)) return false;
    this.addLast();
    return true;
  }

  /** Remembers the pair that `has` was asked for last. */
  addLast(): void {
    if (this.young.count >= this.capacity) {
      this.old = this.young;
      this.young = generation(this.old.mask + 1);
    } else if (this.young.count * 2 > this.young.mask) this.grow();
    put(this.young, this.lastA, this.lastB);
  }

  private grow(): void {
    const { words } = this.young;
    const larger = generation((this.young.mask + 1) * 2);
    for (let index = 0; index < words.length; index += 2) {
      if (words[index] !== 0 || words[index + 1] !== 0) put(larger, words[index]!, words[index + 1]!);
    }
    this.young = larger;
  }
}

function holds({ words, mask }: Generation, a: number, b: number): boolean {
  for (let slot = a & mask; ; slot = (slot + 1) & mask) {
    const first = words[slot * 2]!;
    const second = words[slot * 2 + 1]!;
    if (first === a && second === b) return true;
    if (first === 0 && second === 0) return false;
  }
}

function put(into: Generation, a: number, b: number): void {
  const { words, mask } = into;
  let slot = a & mask;
  while (words[slot * 2] !== 0 || words[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
  words[slot * 2] = a;
  words[slot * 2 + 1] = b;
  into.count += 1;
}
