import { MAX_CONDITION_DEPTH, OPERATORS, type Operator } from './condition.js';

const LISTS: readonly Operator[] = ['in', 'not-in'];
const NUMBERS: readonly Operator[] = ['greater', 'at-least', 'less', 'at-most'];
const TEXTS: readonly Operator[] = ['starts-with', 'ends-with'];

/**
 * What is wrong with a condition somebody wrote, in words that name the place; null when nothing is.
 *
 * @param path how messages call the condition, for instance `audience`
 */
export function conditionProblem(condition: unknown, path = 'audience', depth = 1): string | null {
  if (depth > MAX_CONDITION_DEPTH) return `${path} nests deeper than ${MAX_CONDITION_DEPTH}`;
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) {
    return `${path} must be an object`;
  }
  const given = condition as Record<string, unknown>;
  const keys = Object.keys(given);
  for (const group of ['all', 'any'] as const) {
    if (!Object.hasOwn(given, group)) continue;
    if (keys.length > 1) return `${path} must have nothing beside "${group}"`;
    const members = given[group];
    if (!Array.isArray(members)) return `${path}.${group} must be a list of conditions`;
    return firstProblem(
      members.map((inner, index) => conditionProblem(inner, `${path}.${group}[${index}]`, depth + 1)),
    );
  }
  if (Object.hasOwn(given, 'not')) {
    if (keys.length > 1) return `${path} must have nothing beside "not"`;
    return conditionProblem(given.not, `${path}.not`, depth + 1);
  }
  return attributeProblem(given, keys, path);
}

function attributeProblem(given: Record<string, unknown>, keys: string[], path: string): string | null {
  const unknown = keys.find((key) => !['attribute', 'operator', 'value'].includes(key));
  if (unknown) return `${path} has the unknown member "${unknown}"`;
  if (typeof given.attribute !== 'string' || given.attribute === '') {
    return `${path}.attribute must be the name of an attribute`;
  }
  const operator = OPERATORS.find((known) => known === given.operator);
  if (!operator) return `${path}.operator must be one of ${OPERATORS.join(', ')}`;
  if (operator === 'exists') return null;
  const { value } = given;
  if (LISTS.includes(operator)) {
    const isList = Array.isArray(value) && value.length > 0 && value.every(isScalar);
    return isList ? null : `${path}.value must be a non-empty list of texts, numbers or booleans`;
  }
  if (NUMBERS.includes(operator)) {
    return typeof value === 'number' && Number.isFinite(value) ? null : `${path}.value must be a number`;
  }
  if (TEXTS.includes(operator)) return typeof value === 'string' ? null : `${path}.value must be a text`;
  return isScalar(value) ? null : `${path}.value must be a text, a number or a boolean`;
}

const firstProblem = (problems: ReadonlyArray<string | null>): string | null =>
  problems.find((problem) => problem !== null) ?? null;

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value));
