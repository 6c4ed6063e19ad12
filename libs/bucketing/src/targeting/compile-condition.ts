import type { HashScheme } from '../ruleset.js';
import type { AttributeCondition, Attributes, Condition } from './condition.js';
import { isInherited } from './inherited.js';
import { schemeTest } from './scheme-tests.js';
import type { Segments } from './segments.js';

/** Whether a unit's attributes meet a condition. */
export type Predicate = (attributes: Attributes) => boolean;

/**
 * Turns sound conditions (`conditionProblem`, `segmentProblem`) into functions: what can be looked up, parsed or hashed
 * is done once, here. A segment becomes one function, however often it is named.
 */
export class ConditionCompiler {
  private readonly compiledSegments = new Map<string, Predicate>();

  constructor(
    private readonly segments: Segments,
    readonly scheme: HashScheme,
  ) {}

  compile(condition: Condition): Predicate {
    if ('all' in condition) return every(condition.all.map((inner) => this.compile(inner)));
    if ('any' in condition) return some(condition.any.map((inner) => this.compile(inner)));
    if ('not' in condition) return not(this.compile(condition.not));
    if ('segment' in condition) return this.segment(condition.segment);
    return attribute(condition, this.scheme);
  }

  private segment(key: string): Predicate {
    const known = this.compiledSegments.get(key);
    if (known) return known;
    const compiled = this.compile(this.segments[key]!);
    this.compiledSegments.set(key, compiled);
    return compiled;
  }
}

function attribute(condition: AttributeCondition, scheme: HashScheme): Predicate {
  const { attribute: name } = condition;
  if (isInherited(name)) {
    const test = schemeTest(condition, scheme);
    return (attributes) => {
      const actual = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      return actual !== undefined && actual !== null && test(actual);
    };
  }
  const test = schemeTest(condition, scheme);
  return (attributes) => {
    const actual = attributes[name];
    return actual !== undefined && actual !== null && test(actual);
  };
}

const not =
  (inner: Predicate): Predicate =>
  (attributes) =>
    !inner(attributes);

function every(inner: readonly Predicate[]): Predicate {
  const [first, second] = inner;
  if (!first) return () => true;
  if (!second) return first;
  if (inner.length === 2) return (attributes) => first(attributes) && second(attributes);
  return (attributes) => {
    for (const one of inner) if (!one(attributes)) return false;
    return true;
  };
}

function some(inner: readonly Predicate[]): Predicate {
  const [first, second] = inner;
  if (!first) return () => false;
  if (!second) return first;
  if (inner.length === 2) return (attributes) => first(attributes) || second(attributes);
  return (attributes) => {
    for (const one of inner) if (one(attributes)) return true;
    return false;
  };
}
