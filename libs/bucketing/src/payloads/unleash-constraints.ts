import type { AttributeCondition, Condition, Operator, Scalar } from '../targeting/condition.js';
import { isInherited } from '../targeting/inherited.js';
import type { Segments } from '../targeting/segments.js';
import { expressible, Inexpressible, type Translated } from './translated.js';

/** A constraint of an Unleash strategy, as its client features API has it. */
export interface UnleashConstraint {
  readonly contextName: string;
  readonly operator: string;
  readonly values: readonly string[];
  readonly value?: string;
  readonly inverted: boolean;
  readonly caseInsensitive: boolean;
}

/** All of one inner list must hold, of any one of them. */
export type UnleashAlternatives = ReadonlyArray<readonly UnleashConstraint[]>;

/** One strategy is written per alternative; more than this many is a condition for another scheme. */
export const MAX_UNLEASH_ALTERNATIVES = 32;

/**
 * A sound condition as constraints of Unleash strategies, in disjunctive normal form: a strategy knows only "and", and
 * the first strategy of a list that holds answers. Segments are written out.
 *
 * Means what `schemeTest` does under `unleash`, absent attributes included.
 */
export function unleashAlternatives(
  condition: Condition | null,
  segments: Segments,
): Translated<UnleashAlternatives> {
  return expressible(() => (condition === null ? [[]] : alternatives(condition, segments, false)));
}

function alternatives(condition: Condition, segments: Segments, negated: boolean): UnleashConstraint[][] {
  if ('not' in condition) return alternatives(condition.not, segments, !negated);
  if ('segment' in condition) return alternatives(segments[condition.segment]!, segments, negated);
  if ('all' in condition || 'any' in condition) {
    const [inner, isAll] = 'all' in condition ? [condition.all, true] : [condition.any, false];
    const parts = inner.map((one) => alternatives(one, segments, negated));
    return isAll !== negated ? both(parts) : limited(parts.flat());
  }
  return attribute(condition, negated);
}

function both(parts: UnleashConstraint[][][]): UnleashConstraint[][] {
  return parts.reduce<UnleashConstraint[][]>(
    (so, part) => limited(so.flatMap((left) => part.map((right) => [...left, ...right]))),
    [[]],
  );
}

function limited(found: UnleashConstraint[][]): UnleashConstraint[][] {
  if (found.length > MAX_UNLEASH_ALTERNATIVES) {
    throw new Inexpressible(`it needs more than ${MAX_UNLEASH_ALTERNATIVES} strategies; Unleash has no "or"`);
  }
  return found;
}

/** Operators that also ask that the attribute is there: Unleash's negations hold for absent ones. */
const NEGATIONS: Partial<Record<Operator, Operator>> = {
  'not-equals': 'equals',
  'not-in': 'in',
  'not-contains': 'contains',
};

function attribute(condition: AttributeCondition, negated: boolean): UnleashConstraint[][] {
  const positive = NEGATIONS[condition.operator];
  if (!positive) return [[constraint(condition, negated)]];
  const there: AttributeCondition = { attribute: condition.attribute, operator: 'exists' };
  const same = { ...condition, operator: positive };
  return negated
    ? [[constraint(there, true)], [constraint(same, false)]]
    : [[constraint(there, false), constraint(same, true)]];
}

const TEXTS: Partial<Record<Operator, string>> = {
  contains: 'STR_CONTAINS',
  'starts-with': 'STR_STARTS_WITH',
  'ends-with': 'STR_ENDS_WITH',
};

const SINGLE: Partial<Record<Operator, string>> = {
  greater: 'NUM_GT',
  'at-least': 'NUM_GTE',
  less: 'NUM_LT',
  'at-most': 'NUM_LTE',
  'semver-equals': 'SEMVER_EQ',
  'semver-greater': 'SEMVER_GT',
  'semver-at-least': 'SEMVER_GTE',
  'semver-less': 'SEMVER_LT',
  'semver-at-most': 'SEMVER_LTE',
  matches: 'REGEX',
};

function constraint(condition: AttributeCondition, inverted: boolean): UnleashConstraint {
  const { attribute: contextName, operator, value, ignoreCase } = condition;
  if (contextName === 'properties' || isInherited(contextName)) {
    throw new Inexpressible(`an Unleash context cannot hold an attribute called "${contextName}"`);
  }
  const base = { contextName, values: [], inverted, caseInsensitive: ignoreCase === true };
  // Every text has the empty text in it, and what is absent is no text.
  if (operator === 'exists') return { ...base, operator: 'REGEX', value: '^' };
  if (operator === 'equals' || operator === 'in') {
    if (ignoreCase) throw new Inexpressible(`${operator} cannot ignore case`);
    const values = (operator === 'in' ? (value as readonly Scalar[]) : [value as Scalar]).map(clean);
    return { ...base, operator: 'IN', values };
  }
  const text = TEXTS[operator];
  if (text) return { ...base, operator: text, values: [clean(value as Scalar)] };
  const single = SINGLE[operator];
  if (single) return { ...base, operator: single, value: String(value) };
  throw new Inexpressible(`the operator ${operator} has no equivalent`);
}

/** Unleash's clients trim the values of lists and drop empty ones. */
function clean(value: Scalar): string {
  const text = String(value);
  if (text === '' || text.trim() !== text) {
    throw new Inexpressible(
      `the value ${JSON.stringify(text)} is empty or has blanks around it, which clients cut off`,
    );
  }
  return text;
}
