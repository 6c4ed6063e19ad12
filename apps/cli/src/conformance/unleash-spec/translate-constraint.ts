import { type Condition, conditionProblem, type Operator } from '@app/bucketing';
import { NotOurs } from '../not-ours.js';
import type { SpecConstraint } from './spec.types.js';

const NOBODY: Condition = { any: [] };

const TEXTS: Readonly<Record<string, Operator>> = {
  STR_STARTS_WITH: 'starts-with',
  STR_ENDS_WITH: 'ends-with',
  STR_CONTAINS: 'contains',
};

const NUMBERS: Readonly<Record<string, readonly Operator[]>> = {
  NUM_EQ: ['at-least', 'at-most'],
  NUM_GT: ['greater'],
  NUM_GTE: ['at-least'],
  NUM_LT: ['less'],
  NUM_LTE: ['at-most'],
};

const SINGLE: Readonly<Record<string, Operator>> = {
  SEMVER_EQ: 'semver-equals',
  SEMVER_GT: 'semver-greater',
  SEMVER_GTE: 'semver-at-least',
  SEMVER_LT: 'semver-less',
  SEMVER_LTE: 'semver-at-most',
  REGEX: 'matches',
  DATE_AFTER: 'after',
  DATE_BEFORE: 'before',
};

/** A constraint of Unleash's as a condition of ours. @throws NotOurs where we have no such operator */
export function conditionOf(constraint: SpecConstraint): Condition {
  const condition = positive(constraint);
  return (constraint.inverted === true) === (constraint.operator === 'NOT_IN')
    ? condition
    : { not: condition };
}

function positive(constraint: SpecConstraint): Condition {
  const { contextName: attribute, operator, value } = constraint;
  const values = (constraint.values ?? []).map((one) => one.trim()).filter((one) => one !== '');
  const ignoreCase = constraint.caseInsensitive ? { ignoreCase: true } : {};
  if (operator === 'IN' || operator === 'NOT_IN') {
    return values.length === 0 ? NOBODY : { attribute, operator: 'in', value: values };
  }
  const text = TEXTS[operator];
  if (text) {
    return { any: values.map((one) => ({ attribute, operator: text, value: one, ...ignoreCase })) };
  }
  const numbers = NUMBERS[operator];
  if (numbers) {
    const number = Number(value);
    if (Number.isNaN(number)) return NOBODY;
    return { all: numbers.map((one) => ({ attribute, operator: one, value: number })) };
  }
  const single = SINGLE[operator];
  if (single) {
    const condition: Condition = { attribute, operator: single, value: String(value), ...ignoreCase };
    // What cannot be read is met by nobody, there as here; ours would be refused when it is written.
    return conditionProblem(condition) === null ? condition : NOBODY;
  }
  if (operator === 'IN_CIDR')
    throw new NotOurs('audiences have no operator for ranges of addresses (IN_CIDR)');
  // An operator that nobody knows is met by nobody, inverted or not.
  return constraint.inverted ? { all: [] } : NOBODY;
}
