const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** The state after a prefix, ready to be continued with `fnv1aAfter`. */
export function fnv1aPrefix(text: string): number {
  return fnv1aAfter(OFFSET, text);
}

/**
 * FNV-1a of 32 bits over the UTF-16 code units of a text, as GrowthBook's JavaScript SDK has it: equal to FNV-1a over
 * bytes for ASCII, and for nothing else.
 *
 * @param state what has been hashed before
 * @returns signed 32-bit integer; `>>> 0` makes it the hash
 * @see https://datatracker.ietf.org/doc/rfc9923/
 */
export function fnv1aAfter(state: number, text: string): number {
  let hash = state;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return hash | 0;
}

/** FNV-1a of the decimal digits of an unsigned 32-bit integer, without making a text of them. */
export function fnv1aOfDecimal(value: number): number {
  let divisor = 1;
  while (divisor <= value / 10) divisor *= 10;
  let hash = OFFSET;
  for (let rest = value; divisor >= 1; divisor /= 10) {
    const digit = (rest / divisor) | 0;
    rest -= digit * divisor;
    hash = Math.imul(hash ^ (0x30 + digit), PRIME);
  }
  return hash >>> 0;
}
