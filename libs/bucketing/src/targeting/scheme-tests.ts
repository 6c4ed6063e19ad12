import type { HashScheme } from '../ruleset.js';
import type { AttributeCondition, Scalar } from './condition.js';
import { valueTest, type ValueTest } from './condition-tests.js';
import { paddedVersion } from './padded-version.js';

/**
 * How attributes are compared in tasks of each hash scheme. A scheme stands for a family of SDKs that evaluate the same
 * rules on their own, and one unit must not get two arms because "35" is a number to one and a text to the other:
 *
 * - `native-v1`      as they are; nothing is converted
 * - `unleash`        every attribute is a text (`String(value)`), and numbers are read out of it, as Unleash's clients do
 * - `growthbook-v2`  as they are, but versions are compared as GrowthBook's SDKs do: padded and as texts
 */
export function schemeTest(condition: AttributeCondition, scheme: HashScheme): ValueTest {
  if (scheme === 'unleash') return unleashTest(condition);
  if (scheme === 'growthbook-v2') return growthbookTest(condition);
  return valueTest(condition);
}

const NUMERIC: readonly string[] = ['greater', 'at-least', 'less', 'at-most'];

function unleashTest(condition: AttributeCondition): ValueTest {
  const { value } = condition;
  if (NUMERIC.includes(condition.operator)) {
    const test = valueTest(condition);
    return (actual) => test(Number(String(actual)));
  }
  const text = (one: Scalar): string => String(one);
  const inTexts = Array.isArray(value)
    ? value.map(text)
    : value === undefined
      ? undefined
      : text(value as Scalar);
  const test = valueTest({ ...condition, value: inTexts });
  return (actual) => test(String(actual));
}

type Order = (actual: string, bound: string) => boolean;

const VERSION_ORDERS: Readonly<Record<string, Order>> = {
  'semver-equals': (actual, bound) => actual === bound,
  'semver-greater': (actual, bound) => actual > bound,
  'semver-at-least': (actual, bound) => actual >= bound,
  'semver-less': (actual, bound) => actual < bound,
  'semver-at-most': (actual, bound) => actual <= bound,
};

function growthbookTest(condition: AttributeCondition): ValueTest {
  const order = VERSION_ORDERS[condition.operator];
  if (!order) return valueTest(condition);
  const bound = paddedVersion(condition.value as string);
  return (actual) => typeof actual === 'string' && order(paddedVersion(actual), bound);
}
