import type { HashScheme } from '../ruleset.js';
import type { ConditionCompiler, Predicate } from './compile-condition.js';
import type { AttributeCondition, Attributes, Condition } from './condition.js';
import { isInherited } from './inherited.js';

const EQUALS = 0;
const NOT_EQUALS = 1;
const AMONG = 2;
const BY_PREDICATE = 3;

/**
 * One of the tests that must all hold, and the next. All have one shape, whatever they test: nearly all audiences are a
 * few attributes compared with constants, and a loop over such objects waits for half the memory that a function for
 * each does.
 */
export interface AudienceTest {
  readonly kind: number;
  readonly attribute: string;
  /** Which place in the code reads the attribute. */
  readonly place: number;
  readonly value: unknown;
  readonly next: AudienceTest | null;
}

/** Up to this many values a look through the list beats hashing. */
const SHORT_LIST = 8;

/** A compiled audience, with what it was compiled from. */
export class Audience {
  readonly first: AudienceTest | null;

  constructor(
    readonly condition: Condition,
    private readonly compiler: ConditionCompiler,
  ) {
    this.first = conjuncts(condition).reduceRight<AudienceTest | null>(
      (next, one) => testOf(one, compiler, next),
      null,
    );
  }

  holds(attributes: Attributes): boolean {
    return allHold(this.first, attributes);
  }

  /** Whether a unit is in one of the segments the condition names; for explanations. */
  segment(key: string, attributes: Attributes): boolean {
    return this.compiler.compile({ segment: key })(attributes);
  }
}

/** Whether a test and all that follow hold. */
export function allHold(first: AudienceTest | null, attributes: Attributes): boolean {
  for (let test = first; test !== null; test = test.next) {
    if (test.kind === BY_PREDICATE) {
      if (!(test.value as Predicate)(attributes)) return false;
      continue;
    }
    const actual = read(attributes, test.attribute, test.place);
    if (test.kind === AMONG) {
      if (!isAmong(test.value as readonly unknown[], actual)) return false;
    } else if (test.kind === EQUALS) {
      if (actual !== test.value) return false;
    } else if (actual === test.value || actual === undefined || actual === null) {
      return false;
    }
  }
  return true;
}

const PLACES = 8;
const placeOfName = new Map<string, number>();

/** The first names met have a place each, all others share the last. */
function placeOf(name: string): number {
  const known = placeOfName.get(name) ?? placeOfName.size;
  if (known < PLACES) placeOfName.set(name, known);
  return known;
}

/**
 * Reads an attribute. Engines remember for each place in the code what was read there last, and one that always reads
 * the same name finds it at once; a single place for all names would search.
 */
function read(attributes: Attributes, name: string, place: number): unknown {
  switch (place) {
    case 0:
      return attributes[name];
    case 1:
      return attributes[name];
    case 2:
      return attributes[name];
    case 3:
      return attributes[name];
    case 4:
      return attributes[name];
    case 5:
      return attributes[name];
    case 6:
      return attributes[name];
    case 7:
      return attributes[name];
    default:
      return attributes[name];
  }
}

function isAmong(values: readonly unknown[], actual: unknown): boolean {
  for (let index = 0; index < values.length; index += 1) if (values[index] === actual) return true;
  return false;
}

function conjuncts(condition: Condition): Condition[] {
  return 'all' in condition ? condition.all.flatMap(conjuncts) : [condition];
}

function testOf(condition: Condition, compiler: ConditionCompiler, next: AudienceTest | null): AudienceTest {
  const kind = 'operator' in condition ? kindOf(condition, compiler.scheme) : BY_PREDICATE;
  if (kind === BY_PREDICATE)
    return { kind, attribute: '', place: PLACES, value: compiler.compile(condition), next };
  const { attribute, value } = condition as AttributeCondition;
  return { kind, attribute, place: placeOf(attribute), value, next };
}

function kindOf({ attribute, operator, value, ignoreCase }: AttributeCondition, scheme: HashScheme): number {
  // Under `unleash` every attribute is a text.
  if (scheme === 'unleash' || ignoreCase === true || isInherited(attribute)) return BY_PREDICATE;
  if (operator === 'equals') return EQUALS;
  if (operator === 'not-equals') return NOT_EQUALS;
  return operator === 'in' && (value as readonly unknown[]).length <= SHORT_LIST ? AMONG : BY_PREDICATE;
}
