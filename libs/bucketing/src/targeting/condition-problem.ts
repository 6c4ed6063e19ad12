import {
  IGNORES_CASE,
  MAX_CONDITION_DEPTH,
  MAX_CONDITION_NODES,
  MAX_LIST_LENGTH,
  MAX_PATTERN_LENGTH,
  MAX_TEXT_LENGTH,
  OPERATORS,
  type Operator,
} from './condition.js';
import { instantOf } from './instant.js';
import { patternProblem } from './pattern.js';
import { parseSemver } from './semver.js';

const MEMBERS: readonly string[] = ['attribute', 'operator', 'value', 'ignoreCase'];

/**
 * What is wrong with a condition somebody wrote, in words that name the place; null when nothing is. Whether the
 * segments it names exist is not asked here (`segmentProblem`).
 *
 * @param path how messages call the condition, for instance `audience`
 */
export function conditionProblem(condition: unknown, path = 'audience'): string | null {
  return new Reader().read(condition, path, 1);
}

class Reader {
  private nodes = 0;

  read(condition: unknown, path: string, depth: number): string | null {
    this.nodes += 1;
    if (this.nodes > MAX_CONDITION_NODES)
      return `${path} is one of more than ${MAX_CONDITION_NODES} conditions`;
    if (depth > MAX_CONDITION_DEPTH) return `${path} nests deeper than ${MAX_CONDITION_DEPTH}`;
    if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) {
      return `${path} must be an object`;
    }
    const given = condition as Record<string, unknown>;
    const form = ['all', 'any', 'not', 'segment'].find((one) => Object.hasOwn(given, one));
    if (form === undefined) return attributeProblem(given, path);
    if (Object.keys(given).length > 1) return `${path} must have nothing beside "${form}"`;
    const inner = given[form];
    if (form === 'not') return this.read(inner, `${path}.not`, depth + 1);
    if (form === 'segment') {
      return typeof inner === 'string' && inner !== ''
        ? null
        : `${path}.segment must be the key of a segment`;
    }
    if (!Array.isArray(inner)) return `${path}.${form} must be a list of conditions`;
    for (const [index, one] of inner.entries()) {
      const problem = this.read(one, `${path}.${form}[${index}]`, depth + 1);
      if (problem) return problem;
    }
    return null;
  }
}

function attributeProblem(given: Record<string, unknown>, path: string): string | null {
  const unknown = Object.keys(given).find((key) => !MEMBERS.includes(key));
  if (unknown) return `${path} has the unknown member "${unknown}"`;
  if (typeof given.attribute !== 'string' || given.attribute === '') {
    return `${path}.attribute must be the name of an attribute`;
  }
  const operator = OPERATORS.find((known) => known === given.operator);
  if (!operator) return `${path}.operator must be one of ${OPERATORS.join(', ')}`;
  if (given.ignoreCase !== undefined) {
    if (typeof given.ignoreCase !== 'boolean') return `${path}.ignoreCase must be true or false`;
    if (given.ignoreCase && !IGNORES_CASE.includes(operator)) {
      return `${path}.ignoreCase has no meaning for ${operator}; only for ${IGNORES_CASE.join(', ')}`;
    }
  }
  const problem = VALUE_PROBLEMS[operator](given.value);
  return problem && `${path}.value ${problem}`;
}

const list = (value: unknown): string | null => {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isScalar)) {
    return 'must be a non-empty list of texts, numbers or booleans';
  }
  if (value.length > MAX_LIST_LENGTH) return `has ${value.length} members; ${MAX_LIST_LENGTH} are the most`;
  return value.map(tooLong).find((problem) => problem !== null) ?? null;
};

const number = (value: unknown): string | null =>
  typeof value === 'number' && Number.isFinite(value) ? null : 'must be a number';

const text = (value: unknown): string | null =>
  typeof value === 'string' ? tooLong(value) : 'must be a text';

const scalar = (value: unknown): string | null =>
  isScalar(value) ? tooLong(value) : 'must be a text, a number or a boolean';

const semver = (value: unknown): string | null =>
  typeof value === 'string' && parseSemver(value) ? null : 'must be a semantic version, for instance "2.1.0"';

const instant = (value: unknown): string | null =>
  instantOf(value) === null
    ? 'must be a moment: an RFC 3339 text, for instance "2026-03-01T00:00:00Z", or milliseconds since 1970'
    : null;

const pattern = (value: unknown): string | null => {
  if (typeof value !== 'string') return 'must be a regular expression, as a text';
  if (value.length > MAX_PATTERN_LENGTH) {
    return `has ${value.length} characters; a regular expression may have ${MAX_PATTERN_LENGTH}`;
  }
  const problem = patternProblem(value);
  return problem && `is no regular expression of RE2's syntax: ${problem}`;
};

const VALUE_PROBLEMS: Readonly<Record<Operator, (value: unknown) => string | null>> = {
  equals: scalar,
  'not-equals': scalar,
  in: list,
  'not-in': list,
  greater: number,
  'at-least': number,
  less: number,
  'at-most': number,
  contains: scalar,
  'not-contains': scalar,
  'starts-with': text,
  'ends-with': text,
  matches: pattern,
  'semver-equals': semver,
  'semver-greater': semver,
  'semver-at-least': semver,
  'semver-less': semver,
  'semver-at-most': semver,
  before: instant,
  after: instant,
  exists: () => null,
};

const tooLong = (value: unknown): string | null =>
  typeof value === 'string' && value.length > MAX_TEXT_LENGTH
    ? `is longer than ${MAX_TEXT_LENGTH} characters`
    : null;

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value));
