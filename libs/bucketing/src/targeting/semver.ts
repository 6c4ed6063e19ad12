/** A parsed version: three numbers and the identifiers of a pre-release; build metadata does not order. */
export interface Semver {
  readonly core: readonly [major: number, minor: number, patch: number];
  readonly prerelease: readonly string[];
}

const NUMBER = '(?:0|[1-9]\\d*)';
const IDENTIFIER = `(?:${NUMBER}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const SEMVER = new RegExp(
  `^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?$`,
);
const LONGEST = 256;

/**
 * Reads a version.
 *
 * @returns null when it is none: a leading "v", a missing part or a leading zero are no Semantic Version
 * @see https://semver.org/spec/v2.0.0.html
 */
export function parseSemver(text: string): Semver | null {
  if (text.length > LONGEST) return null;
  const found = SEMVER.exec(text);
  if (!found) return null;
  const core = [Number(found[1]), Number(found[2]), Number(found[3])] as const;
  if (!core.every(Number.isSafeInteger)) return null;
  return { core, prerelease: found[4] === undefined ? [] : found[4].split('.') };
}

/** Precedence of two versions: negative when `a` comes first, 0 when they are equal (build metadata is ignored). */
export function compareSemver(a: Semver, b: Semver): number {
  for (let index = 0; index < 3; index += 1) {
    const difference = a.core[index]! - b.core[index]!;
    if (difference !== 0) return difference;
  }
  // A version without pre-release comes after all of its pre-releases.
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return b.prerelease.length - a.prerelease.length;
  const shared = Math.min(a.prerelease.length, b.prerelease.length);
  for (let index = 0; index < shared; index += 1) {
    const order = compareIdentifiers(a.prerelease[index]!, b.prerelease[index]!);
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length;
}

function compareIdentifiers(a: string, b: string): number {
  if (a === b) return 0;
  const numbers = [/^\d+$/.test(a), /^\d+$/.test(b)];
  // By length first: a number of any size, without a loss of digits.
  if (numbers[0] && numbers[1]) return a.length - b.length || (a < b ? -1 : 1);
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
  return a < b ? -1 : 1;
}
