const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** U+FFFD, what a surrogate without its partner is hashed as: the same bytes that TextEncoder and Buffer give. */
const REPLACEMENT = 0xfffd;

/** Bytes already mixed into a MurmurHash3 state: where hashing of a text goes on after a fixed prefix. */
export interface Murmur3Prefix {
  readonly h: number;
  /** Up to three bytes that did not fill a block yet, little-endian. */
  readonly tail: number;
  /** Bits used in `tail`: 0, 8, 16 or 24. */
  readonly shift: number;
  /** Bytes absorbed so far. */
  readonly length: number;
}

/** The state before any byte. */
export function murmur3Start(seed: number): Murmur3Prefix {
  return { h: seed | 0, tail: 0, shift: 0, length: 0 };
}

/**
 * MurmurHash3 x86-32 over the UTF-8 bytes of a text.
 *
 * Works on UTF-16 code units directly and allocates nothing. A lone surrogate counts as U+FFFD, so the hash of a
 * string equals the hash of what any UTF-8 encoder sends for it.
 *
 * @param seed unsigned 32-bit integer
 * @returns unsigned 32-bit integer
 * @see Austin Appleby, MurmurHash3.cpp (public domain), MurmurHash3_x86_32
 */
export function murmur3(text: string, seed = 0): number {
  return murmur3After(murmur3Start(seed), text);
}

/** The state after a prefix, ready to be continued with any number of texts. */
export function murmur3Absorb(from: Murmur3Prefix, text: string): Murmur3Prefix {
  let { h, tail, shift, length } = from;
  for (const byte of utf8(text)) {
    tail |= byte << shift;
    shift += 8;
    length += 1;
    if (shift === 32) {
      h = mixBlock(h, tail);
      tail = 0;
      shift = 0;
    }
  }
  return { h, tail, shift, length };
}

/** Hash of prefix + text, as if both had been hashed at once. @returns unsigned 32-bit integer */
export function murmur3After(prefix: Murmur3Prefix, text: string): number {
  return murmur3Bits(prefix.h, prefix.tail, prefix.shift, prefix.length, text) >>> 0;
}

/**
 * `murmur3After` as a signed 32-bit integer, which engines hand about without boxing it; the prefix is given by its parts.
 *
 * Four characters make a block. The bytes a prefix has left over shift every block of the text, so each is put together
 * of the end of one group of four and the beginning of the next.
 */
export function murmur3Bits(
  prefixH: number,
  prefixTail: number,
  shift: number,
  length: number,
  text: string,
): number {
  const units = text.length;
  const grouped = units & ~3;
  let h = prefixH;
  let tail = prefixTail;
  let seen = 0;
  let index = 0;
  for (; index < grouped; index += 4) {
    const a = text.charCodeAt(index);
    const b = text.charCodeAt(index + 1);
    const c = text.charCodeAt(index + 2);
    const d = text.charCodeAt(index + 3);
    seen |= a | b | c | d;
    const group = a | (b << 8) | (c << 16) | (d << 24);
    h = mixBlock(h, tail | (group << shift));
    // Shifting by 32 would be shifting by 0.
    tail = shift === 0 ? 0 : group >>> (32 - shift);
  }
  let used = shift;
  for (; index < units; index += 1) {
    const unit = text.charCodeAt(index);
    seen |= unit;
    tail |= unit << used;
    used += 8;
    if (used === 32) {
      h = mixBlock(h, tail);
      tail = 0;
      used = 0;
    }
  }
  // Ids are ASCII nearly always; others are hashed again, by their bytes.
  if (seen > 0x7f) return finishSlowly({ h: prefixH, tail: prefixTail, shift, length }, text);
  return finish(h, tail, used, length + units);
}

function finishSlowly(prefix: Murmur3Prefix, text: string): number {
  const end = murmur3Absorb(prefix, text);
  return finish(end.h, end.tail, end.shift, end.length);
}

function mixBlock(h: number, block: number): number {
  let k = Math.imul(block, C1);
  k = (k << 15) | (k >>> 17);
  const mixed = h ^ Math.imul(k, C2);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(state: number, tail: number, shift: number, length: number): number {
  let h = state;
  if (shift > 0) {
    let k = Math.imul(tail, C1);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, C2);
  }
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** UTF-8 bytes of a text, without TextEncoder, which not every place that runs this has. */
function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    let point = character.codePointAt(0)!;
    if (point >= 0xd800 && point <= 0xdfff) point = REPLACEMENT;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000)
      bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 0x3f),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      );
  }
  return bytes;
}
