import type { Rng } from '@app/kernel';

/** JSON text that stands where a value should: everything callers were ever seen to send, and worse. */
const TEXTS: ReadonlyArray<string> = [
  'null',
  'true',
  '-0',
  '1e400',
  '-1e31',
  '9007199254740993',
  '0.1e-400',
  '""',
  '" "',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\ud83d\\ude00"',
  '"\\u202e\\ufeff"',
  '"NaN"',
  '"Infinity"',
  '"__proto__"',
  '"constructor"',
  `"'; DROP TABLE events; --"`,
  '"{}"',
  '"../../etc/passwd"',
  '"$1"',
  '"NULL"',
  '"{a,b}"',
  '"\\\\x00"',
  '[]',
  '{}',
  '[null]',
  '[[[[[[]]]]]]',
  '{"__proto__":{"value":1}}',
  '{"constructor":{"prototype":{"value":1}}}',
  '{"toString":1}',
  '{"length":5000}',
  '{"":""}',
  '{"a":{"b":{"c":1}}}',
  '{"a":[1,2,3]}',
  '{"a":1e31}',
  '{"a\\u0000":1}',
  '"0000-00-00T00:00:00Z"',
  '"9999-12-31T23:59:59Z"',
  '"2026-02-30T00:00:00Z"',
  '"2026-01-01T00:00:60Z"',
  '"+275760-09-13T00:00:00Z"',
  '"-000001-01-01T00:00:00Z"',
  '"2026-01-01"',
  '1767225600',
  '"2026-01-01T00:00:00.123456789123456789+23:59"',
];

export const pick = <T>(rng: Rng, from: readonly T[]): T => from[Math.floor(rng.next() * from.length)]!;

/** A value as JSON text; now and then a long or a deep one. */
export function hostileValue(rng: Rng): string {
  const kind = rng.next();
  if (kind < 0.85) return pick(rng, TEXTS);
  const size = Math.floor(10 ** (1 + rng.next() * 3.5));
  if (kind < 0.9) return JSON.stringify('x'.repeat(size));
  if (kind < 0.93) return JSON.stringify('\u{1F600}'.repeat(size >> 2));
  if (kind < 0.96) return `${'['.repeat(size)}${']'.repeat(size)}`;
  if (kind < 0.98) return `${'{"a":'.repeat(size)}1${'}'.repeat(size)}`;
  return `{${Array.from({ length: size >> 2 }, (_, n) => `"k${n}":${n}`).join(',')}}`;
}
