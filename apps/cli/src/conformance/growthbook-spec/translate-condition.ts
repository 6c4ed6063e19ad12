import { type Condition, conditionProblem, type Operator, type Scalar } from '@app/bucketing';
import { NotOurs } from '../not-ours.js';

type Json = Readonly<Record<string, unknown>>;
/** Saved groups of a payload, by id. */
export type Groups = Readonly<Record<string, readonly unknown[]>>;

const NOBODY: Condition = { any: [] };
const NUMBERS: Readonly<Record<string, Operator>> = {
  $gt: 'greater',
  $gte: 'at-least',
  $lt: 'less',
  $lte: 'at-most',
};
const VERSIONS: Readonly<Record<string, Operator>> = {
  $veq: 'semver-equals',
  $vgt: 'semver-greater',
  $vgte: 'semver-at-least',
  $vlt: 'semver-less',
  $vlte: 'semver-at-most',
};

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A condition in GrowthBook's words (MongoDB's query syntax) as one of ours, to be asked of these attributes.
 *
 * @throws NotOurs where ours has no such test, or looks at such an attribute differently
 */
export function conditionOf(given: Json, attributes: Json, groups: Groups): Condition {
  return {
    all: Object.entries(given).map(([key, value]): Condition => {
      const many = (): Condition[] => (value as Json[]).map((one) => conditionOf(one, attributes, groups));
      if (key === '$and') return { all: many() };
      // Nothing to choose from holds for everybody there.
      if (key === '$or') return (value as Json[]).length === 0 ? { all: [] } : { any: many() };
      if (key === '$nor') return { not: { any: many() } };
      if (key === '$not') return { not: conditionOf(value as Json, attributes, groups) };
      return attributeOf(key, value, attributes[key], groups);
    }),
  };
}

function attributeOf(attribute: string, value: unknown, actual: unknown, groups: Groups): Condition {
  if (attribute.includes('.')) throw new NotOurs('attributes are flat: no paths into objects');
  if (attribute.startsWith('$')) throw new NotOurs(`attributes named like an operator (${attribute})`);
  if (value === null) return { not: { attribute, operator: 'exists' } };
  if (isScalar(value)) return { attribute, operator: 'equals', value };
  if (!isObject(value) || !Object.keys(value).every((key) => key.startsWith('$'))) {
    throw new NotOurs('whole lists and objects are not compared');
  }
  const tests = Object.entries(value).map(([operator, operand]) =>
    testOf(attribute, operator, operand, actual, groups),
  );
  return tests.length === 1 ? tests[0]! : { all: tests };
}

function testOf(
  attribute: string,
  operator: string,
  operand: unknown,
  actual: unknown,
  groups: Groups,
): Condition {
  const among = (values: unknown, folds: boolean): Condition => {
    if (!Array.isArray(values)) return NOBODY;
    if (Array.isArray(actual)) throw new NotOurs('`in` tests single values; lists are asked by `contains`');
    if (values.length === 0) return NOBODY;
    return { attribute, operator: 'in', value: values as Scalar[], ...(folds && { ignoreCase: true }) };
  };
  const number = NUMBERS[operator];
  if (number) {
    if (typeof operand !== 'number' || typeof actual !== 'number') {
      throw new NotOurs('orders are of numbers alone: texts and absent attributes are not converted');
    }
    return { attribute, operator: number, value: operand };
  }
  const version = VERSIONS[operator];
  if (version)
    return sound({ attribute, operator: version, value: String(operand) }, 'bounds are Semantic Versions');
  switch (operator) {
    case '$eq':
      return { attribute, operator: 'equals', value: operand as Scalar };
    case '$ne':
      return { not: { attribute, operator: 'equals', value: operand as Scalar } };
    case '$vne':
      return {
        not: sound(
          { attribute, operator: 'semver-equals', value: String(operand) },
          'bounds are Semantic Versions',
        ),
      };
    case '$in':
      return among(operand, false);
    case '$ini':
      return among(operand, true);
    case '$nin':
    case '$nini':
      // What is no list is met by nobody, negated or not.
      return Array.isArray(operand) ? { not: among(operand, operator === '$nini') } : NOBODY;
    case '$inGroup':
      return among(groups[operand as string] ?? [], false);
    case '$notInGroup':
      return { not: among(groups[operand as string] ?? [], false) };
    case '$exists': {
      const there: Condition = { attribute, operator: 'exists' };
      return operand ? there : { not: there };
    }
    case '$regex':
    case '$regexi': {
      const folds = operator === '$regexi';
      const test: Condition = {
        attribute,
        operator: 'matches',
        value: String(operand),
        ...(folds && { ignoreCase: true }),
      };
      return conditionProblem(test) === null ? test : NOBODY;
    }
    case '$not':
      return { not: attributeOf(attribute, operand, actual, groups) };
    case '$elemMatch':
      return memberOf(attribute, operand, actual);
    case '$all':
    case '$alli':
      return { all: members(attribute, operand, actual, operator === '$alli') };
    case '$type':
    case '$size':
      throw new NotOurs(`nothing asks for the ${operator.slice(1)} of an attribute`);
    default:
      return NOBODY;
  }
}

function memberOf(attribute: string, operand: unknown, actual: unknown): Condition {
  const entries = isObject(operand) ? Object.entries(operand) : [];
  const [operator, value] = entries[0] ?? [];
  if (entries.length === 1 && operator === '$eq') return { any: members(attribute, [value], actual, false) };
  if (entries.length === 1 && operator === '$in') return { any: members(attribute, value, actual, false) };
  throw new NotOurs('members of a list are asked whether they equal a value, and nothing else');
}

function members(attribute: string, values: unknown, actual: unknown, folds: boolean): Condition[] {
  if (typeof actual === 'string') throw new NotOurs('`contains` looks into texts too');
  return (values as Scalar[]).map((value) => ({
    attribute,
    operator: 'contains',
    value,
    ...(folds && { ignoreCase: true }),
  }));
}

function sound(condition: Condition, otherwise: string): Condition {
  if (conditionProblem(condition) !== null) throw new NotOurs(otherwise);
  return condition;
}
