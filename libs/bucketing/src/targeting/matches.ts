import type { AttributeCondition, Attributes, Condition, Scalar } from './condition.js';

/**
 * Whether a unit's attributes meet a condition.
 *
 * No conversion: "1" is not 1. An absent (or null) attribute matches no operator, not even `not-equals`; wrap in
 * `not` to include units that say nothing. `contains` looks into a text or a list; `in` tests a single value.
 * An empty `all` is true, an empty `any` false.
 */
export function matches(condition: Condition, attributes: Attributes): boolean {
  if ('all' in condition) return condition.all.every((inner) => matches(inner, attributes));
  if ('any' in condition) return condition.any.some((inner) => matches(inner, attributes));
  if ('not' in condition) return !matches(condition.not, attributes);
  if (!Object.hasOwn(attributes, condition.attribute)) return false;
  const actual = attributes[condition.attribute];
  return actual !== null && actual !== undefined && test(condition, actual);
}

function test({ operator, value }: AttributeCondition, actual: unknown): boolean {
  switch (operator) {
    case 'exists':
      return true;
    case 'equals':
      return actual === value;
    case 'not-equals':
      return actual !== value;
    case 'in':
      return Array.isArray(value) && value.includes(actual as Scalar);
    case 'not-in':
      return Array.isArray(value) && !value.includes(actual as Scalar);
    case 'greater':
      return bothNumbers(actual, value) && (actual as number) > (value as number);
    case 'at-least':
      return bothNumbers(actual, value) && (actual as number) >= (value as number);
    case 'less':
      return bothNumbers(actual, value) && (actual as number) < (value as number);
    case 'at-most':
      return bothNumbers(actual, value) && (actual as number) <= (value as number);
    case 'contains':
      return Array.isArray(actual)
        ? actual.includes(value)
        : bothTexts(actual, value) && (actual as string).includes(value as string);
    case 'starts-with':
      return bothTexts(actual, value) && (actual as string).startsWith(value as string);
    case 'ends-with':
      return bothTexts(actual, value) && (actual as string).endsWith(value as string);
  }
}

const bothNumbers = (a: unknown, b: unknown): boolean => typeof a === 'number' && typeof b === 'number';
const bothTexts = (a: unknown, b: unknown): boolean => typeof a === 'string' && typeof b === 'string';
