import { attributesSize, MAX_ATTRIBUTES_SIZE } from '@app/wire';

export type SaidOfUnit = Readonly<Record<string, unknown>>;

/** What of a unit's attributes is written down; null where nothing of them is. */
export type KeepAttributes = (said: SaidOfUnit | null) => SaidOfUnit | null;

/** The setting that keeps whatever is said, and the one that keeps nothing. */
export const ALL_ATTRIBUTES = '*';
export const NO_ATTRIBUTES = 'none';

/**
 * The guard between what callers say about units and what is written: to rows, to the spool, and so to logs.
 *
 * Deciding sees all attributes and never goes through it. It stands before digests are made, because a digest of a
 * short text gives the text away to whoever tries all of them.
 *
 * @param setting `*`, `none`, or the names to keep, by commas
 */
export function keepAttributes(setting: string): KeepAttributes {
  const allowed = setting === ALL_ATTRIBUTES ? null : namesOf(setting);
  return (said) => {
    if (said === null) return null;
    const kept = allowed === null ? said : pick(said, allowed);
    return kept === null || attributesSize(kept) <= MAX_ATTRIBUTES_SIZE ? kept : fitting(kept);
  };
}

function namesOf(setting: string): readonly string[] {
  if (setting === NO_ATTRIBUTES) return [];
  return [...new Set(setting.split(',').map((name) => name.trim()))];
}

function pick(said: SaidOfUnit, allowed: readonly string[]): SaidOfUnit | null {
  const kept = allowed.filter((name) => Object.hasOwn(said, name)).map((name) => [name, said[name]] as const);
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

/** In the order given, those for which there is room: an exposure must count whatever was said with it. */
function fitting(said: SaidOfUnit): SaidOfUnit | null {
  let room = MAX_ATTRIBUTES_SIZE;
  const kept = Object.entries(said).filter(([name, value]) => {
    const size = attributesSize({ [name]: value });
    if (size > room) return false;
    room -= size;
    return true;
  });
  return kept.length === 0 ? null : Object.fromEntries(kept);
}
