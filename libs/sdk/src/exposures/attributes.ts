import type { Attributes } from '@app/bucketing';

/** Limits of the edge, which refuses an event that goes beyond them. */
const MOST_ATTRIBUTES = 64;
const LONGEST_NAME = 128;
const LONGEST_TEXT = 1024;
const MOST_ITEMS = 64;
const LONGEST_ITEM = 256;
const LARGEST_NUMBER = 1e30;
const LARGEST_IN_ALL = 16_384;
const SHORT_VALUE = 8;
/** Code points, each of one or two units of UTF-16. */
const LONGEST_UNIT = 256;
/** The database stores neither U+0000 nor half of a surrogate pair. */
const UNSTORABLE = /[\u0000\ud800-\udfff]/u;

/** Whether the database can hold a text. */
export const storable = (text: string): boolean => !UNSTORABLE.test(text);

/** Whether the edge takes an event about this unit. */
export const isRecordable = (unit: string): boolean => isShort(unit) && storable(unit);

const isShort = (unit: string): boolean =>
  unit.length <= LONGEST_UNIT || (unit.length <= 2 * LONGEST_UNIT && [...unit].length <= LONGEST_UNIT);

/**
 * A copy as of now, of what an exposure can carry: what the edge would refuse is left out. Null when nothing is left.
 *
 * @param room characters in all; a question, other than an event, may have any number
 */
export function recordable(
  attributes: Attributes | undefined,
  room = LARGEST_IN_ALL,
): Record<string, unknown> | null {
  if (attributes === undefined) return null;
  let kept: Record<string, unknown> | null = null;
  let count = 0;
  for (const name in attributes) {
    const value = attributes[name];
    if (!isValue(value) || name.length > LONGEST_NAME || !storable(name) || name === '__proto__') continue;
    if (count === MOST_ATTRIBUTES) break;
    const size = name.length + sizeOf(value);
    if (size > room) continue;
    room -= size;
    kept ??= {};
    kept[name] = Array.isArray(value) ? [...(value as unknown[])] : value;
    count += 1;
  }
  return kept;
}

/** As the edge measures it. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value)
    ? value.reduce<number>((size, item) => size + (item as string).length, 0)
    : SHORT_VALUE;
}

function isValue(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= LONGEST_TEXT && storable(value);
    case 'number':
      return Math.abs(value) <= LARGEST_NUMBER;
    case 'boolean':
      return true;
    default:
      return Array.isArray(value) && value.length <= MOST_ITEMS && value.every(isItem);
  }
}

const isItem = (item: unknown): boolean =>
  typeof item === 'string' && item.length <= LONGEST_ITEM && storable(item);
