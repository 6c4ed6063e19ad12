import { sameJson, type Ruleset } from '@app/bucketing';

/** The parts of a ruleset that are many small things by key. */
const RECORDS = ['models', 'tasks', 'subjects', 'segments'] as const;

interface RecordDelta {
  /** Entries that are new or say something else. */
  readonly changed: Readonly<Record<string, unknown>>;
  /** All keys in their order, where keys came, went or moved; null where none did. */
  readonly keys: readonly string[] | null;
}

/** What turns one ruleset into the next, the order of its members included. */
export interface RulesetDelta {
  readonly names: readonly string[];
  /** All that is not by key: format, version, environment, times. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly records: Readonly<Record<string, RecordDelta>>;
}

type Records = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** @param previous null: everything is new */
export function deltaOf(previous: Ruleset | null, next: Ruleset): RulesetDelta {
  const before = (previous ?? {}) as unknown as Records;
  const after = next as unknown as Records;
  const head = Object.fromEntries(Object.entries(next).filter(([name]) => !isRecord(name)));
  const present = RECORDS.filter((name) => after[name] !== undefined);
  return {
    names: Object.keys(next),
    head,
    records: Object.fromEntries(present.map((name) => [name, recordDelta(before[name], after[name]!)])),
  };
}

/** The next ruleset; what has not changed is the very same object as before, so that compiling can see that. */
export function applyDelta(previous: Ruleset | null, { names, head, records }: RulesetDelta): Ruleset {
  const before = (previous ?? {}) as unknown as Records;
  const member = (name: string): unknown =>
    Object.hasOwn(records, name) ? appliedTo(before[name] ?? {}, records[name]!) : head[name];
  return Object.fromEntries(names.map((name) => [name, member(name)])) as unknown as Ruleset;
}

const isRecord = (name: string): boolean => (RECORDS as readonly string[]).includes(name);

function recordDelta(before: Records[string], after: Readonly<Record<string, unknown>>): RecordDelta {
  const old = before ?? {};
  const isNew = ([key, value]: [string, unknown]): boolean =>
    !Object.hasOwn(old, key) || !sameJson(old[key], value);
  const keys = Object.keys(after);
  const oldKeys = Object.keys(old);
  const same = keys.length === oldKeys.length && keys.every((key, place) => key === oldKeys[place]);
  return { changed: Object.fromEntries(Object.entries(after).filter(isNew)), keys: same ? null : keys };
}

function appliedTo(
  before: Readonly<Record<string, unknown>>,
  { changed, keys }: RecordDelta,
): Readonly<Record<string, unknown>> {
  if (keys === null) return Object.keys(changed).length === 0 ? before : { ...before, ...changed };
  return Object.fromEntries(
    keys.map((key) => [key, Object.hasOwn(changed, key) ? changed[key] : before[key]]),
  );
}
