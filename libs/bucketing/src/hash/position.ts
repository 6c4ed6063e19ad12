import { murmur3, murmur3Absorb, murmur3After, type Murmur3Prefix, murmur3Start } from './murmur3.js';

/** Stands between salt and unit, so that ("ab", "c") and ("a", "bc") are different. */
const SEPARATOR = '\u001f';

/**
 * Where a unit stands in the 32-bit space of a salt, under hash scheme `native-v1`: MurmurHash3 x86-32, seed 0, over
 * the UTF-8 bytes of salt + U+001F + unit. The unit is taken as given: not trimmed, not normalised, not lower-cased.
 *
 * A public contract, frozen in cases.json; it never changes under this name.
 *
 * @returns unsigned 32-bit integer
 */
export function position(salt: string, unit: string): number {
  return murmur3(salt + SEPARATOR + unit);
}

/** `position` for one salt and many units: the salt is mixed once. */
export function positioner(salt: string): (unit: string) => number {
  const prefix = saltPrefix(salt);
  return (unit) => murmur3After(prefix, unit);
}

/** What comes before the unit, mixed already. */
export function saltPrefix(salt: string): Murmur3Prefix {
  return murmur3Absorb(murmur3Start(0), salt + SEPARATOR);
}

/** Which of 256 buckets a unit's rows and statistics live in. Says nothing about arms: no salt is in it. */
export function unitBucket(unit: string): number {
  return murmur3(unit) & 0xff;
}
