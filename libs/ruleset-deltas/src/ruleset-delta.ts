import type { Ruleset } from '@app/bucketing';

/** The parts of a ruleset that are many small things by key. */
const RECORDS = ['models', 'tasks', 'subjects', 'segments'] as const;

/** Where keys came or went: after the first `at` of them, so many are gone and these stand there. */
interface Splice {
  readonly at: number;
  readonly removed: number;
  readonly inserted: readonly string[];
}

export interface RecordDelta {
  /** Entries that are new or have another text, and maybe others. */
  readonly changed: Readonly<Record<string, unknown>>;
  /** Null where the keys and their order stay. */
  readonly splice: Splice | null;
}

/** What turns one ruleset into the next, the order of its members included. */
export interface RulesetDelta {
  readonly names: readonly string[];
  /** All that is not by key: format, version, environment, times. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly records: Readonly<Record<string, RecordDelta>>;
}

export type Entries = Readonly<Record<string, unknown>>;
type Records = Readonly<Record<string, Entries | undefined>>;

/** A delta of another ruleset, or a damaged one; whoever holds it reads the whole. */
export class DeltaDoesNotFit extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DeltaDoesNotFit';
  }
}

/** Entries by key of one part of a ruleset; none where it has no such part. */
export const entriesOf = (ruleset: Ruleset | null, name: string): Entries =>
  ((ruleset ?? {}) as unknown as Records)[name] ?? {};

export const isRecord = (name: string): boolean => (RECORDS as readonly string[]).includes(name);

/** What stands in a ruleset beside its records, in its order. */
export const headOf = (ruleset: Ruleset): Entries =>
  Object.fromEntries(Object.entries(ruleset).filter(([name]) => !isRecord(name)));

/** @param previous as JSON.parse makes it; null: everything is new */
export function deltaOf(previous: Ruleset | null, next: Ruleset): RulesetDelta {
  const names = Object.keys(next);
  return {
    names,
    head: headOf(next),
    records: Object.fromEntries(
      names
        .filter(isRecord)
        .map((name) => [name, recordDelta(entriesOf(previous, name), entriesOf(next, name))]),
    ),
  };
}

/**
 * The next ruleset; what has not changed is the very same object as before, so that compiling can see that.
 *
 * @throws DeltaDoesNotFit when the delta takes over an entry that is not there
 */
export function applyDelta(previous: Ruleset | null, { names, head, records }: RulesetDelta): Ruleset {
  const member = (name: string): unknown =>
    Object.hasOwn(records, name) ? appliedTo(entriesOf(previous, name), records[name]!) : head[name];
  return Object.fromEntries(names.map((name) => [name, member(name)])) as unknown as Ruleset;
}

function recordDelta(before: Entries, after: Entries): RecordDelta {
  const isNew = ([key, value]: [string, unknown]): boolean =>
    !Object.hasOwn(before, key) || !sameText(before[key], value);
  return {
    changed: Object.fromEntries(Object.entries(after).filter(isNew)),
    splice: spliceOf(Object.keys(before), Object.keys(after)),
  };
}

/**
 * Whether two values surely have one text as JSON. The order of members counts: whoever puts the whole together again has
 * the published text.
 */
function sameText(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameText(item, b[index] as unknown))
    );
  }
  if (Array.isArray(b)) return false;
  const [left, right] = [a as Entries, b as Entries];
  const [names, others] = [Object.keys(left), Object.keys(right)];
  return (
    names.length === others.length &&
    names.every((name, index) => name === others[index] && sameText(left[name], right[name]))
  );
}

function spliceOf(before: readonly string[], after: readonly string[]): Splice | null {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before[at] === after[at]) at += 1;
  let kept = 0;
  while (kept < shorter - at && before.at(-1 - kept) === after.at(-1 - kept)) kept += 1;
  const splice = {
    at,
    removed: before.length - at - kept,
    inserted: after.slice(at, after.length - kept),
  };
  return splice.removed === 0 && splice.inserted.length === 0 ? null : splice;
}

function appliedTo(before: Entries, { changed, splice }: RecordDelta): Entries {
  const changes = Object.keys(changed);
  if (splice === null) {
    for (const key of changes) if (!Object.hasOwn(before, key)) throw missing(key);
    return changes.length === 0 ? before : { ...before, ...changed };
  }
  const { at, removed, inserted } = splice;
  const old = Object.keys(before);
  const keys = [...old.slice(0, at), ...inserted, ...old.slice(at + removed)];
  return Object.fromEntries(
    keys.map((key) => {
      if (Object.hasOwn(changed, key)) return [key, changed[key]];
      if (!Object.hasOwn(before, key)) throw missing(key);
      return [key, before[key]];
    }),
  );
}

const missing = (key: string): DeltaDoesNotFit =>
  new DeltaDoesNotFit(`the delta takes over "${key}", which is not there`);
