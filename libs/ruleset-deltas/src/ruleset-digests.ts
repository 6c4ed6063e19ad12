import { hash } from 'node:crypto';
import type { Ruleset } from '@app/bucketing';
import {
  DeltaDoesNotFit,
  entriesOf,
  headOf,
  isRecord,
  type RecordDelta,
  type RulesetDelta,
} from './ruleset-delta.js';

/** Bytes of a SHA-256. */
const SIZE = 32;

/** Digests of the entries of one record, one after the other in the order of its keys. */
interface Leaves {
  readonly places: ReadonlyMap<string, number>;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly digest: string;
}

const NONE: Leaves = { places: new Map(), bytes: Buffer.alloc(0), digest: hash('sha256', '') };

/**
 * Digests of a ruleset by its entries (a Merkle tree of two levels), so that after a change nothing is hashed but what has
 * changed and the digests themselves: 32 bytes an entry in place of its text. Two rulesets have the same root just when their
 * texts as JSON are the same. Immutable.
 */
export class RulesetDigests {
  private constructor(private readonly records: ReadonlyMap<string, Leaves>) {}

  static of(ruleset: Ruleset): RulesetDigests {
    const names = Object.keys(ruleset).filter(isRecord);
    return new RulesetDigests(
      new Map(
        names.map((name) => {
          const entries = entriesOf(ruleset, name);
          return [name, arranged(Object.keys(entries), (key) => leafOf(key, entries[key]))];
        }),
      ),
    );
  }

  /**
   * @param next what the delta makes of the ruleset that these digests are of
   * @throws DeltaDoesNotFit
   */
  after({ records }: RulesetDelta, next: Ruleset): RulesetDigests {
    return new RulesetDigests(
      new Map(
        Object.entries(records).map(([name, delta]) => [
          name,
          leavesAfter(this.records.get(name) ?? NONE, delta, Object.keys(entriesOf(next, name))),
        ]),
      ),
    );
  }

  /**
   * One digest, in hexadecimal, over all of the ruleset that these digests are of, the order of its members, and a text that
   * comes with it.
   */
  root(ruleset: Ruleset, text: string): string {
    const digests = [...this.records].map(([name, { digest }]) => [name, digest]);
    return hash('sha256', JSON.stringify([text, Object.keys(ruleset), headOf(ruleset), digests]));
  }
}

const leafOf = (key: string, value: unknown): Buffer =>
  hash('sha256', `${JSON.stringify(key)}:${JSON.stringify(value)}`, 'buffer');

function arranged(keys: readonly string[], leaf: (key: string) => Uint8Array): Leaves {
  const bytes = Buffer.alloc(keys.length * SIZE);
  const places = new Map<string, number>();
  keys.forEach((key, place) => {
    bytes.set(leaf(key), place * SIZE);
    places.set(key, place);
  });
  return { places, bytes, digest: hash('sha256', bytes) };
}

function leavesAfter(before: Leaves, { changed, splice }: RecordDelta, keys: readonly string[]): Leaves {
  const place = (key: string): number => {
    const found = before.places.get(key);
    if (found === undefined) throw new DeltaDoesNotFit(`"${key}" is not there`);
    return found;
  };
  if (splice !== null) {
    return arranged(keys, (key) =>
      Object.hasOwn(changed, key)
        ? leafOf(key, changed[key])
        : before.bytes.subarray(place(key) * SIZE, (place(key) + 1) * SIZE),
    );
  }
  const changes = Object.entries(changed);
  if (changes.length === 0) return before;
  const bytes = Buffer.from(before.bytes);
  for (const [key, value] of changes) bytes.set(leafOf(key, value), place(key) * SIZE);
  return { places: before.places, bytes, digest: hash('sha256', bytes) };
}
