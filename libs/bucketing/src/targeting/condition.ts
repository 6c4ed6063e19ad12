/** What a caller says about a unit. Anything JSON may arrive; only what a condition understands matches. */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * - any scalar: `equals`, `not-equals`, `in`, `not-in`; no conversion, "1" is not 1
 * - numbers: `greater`, `at-least`, `less`, `at-most`
 * - texts: `contains`, `not-contains` (also whether a list has the value), `starts-with`, `ends-with`, and `matches`:
 *   somewhere in the text, a regular expression of RE2's syntax (https://github.com/google/re2/wiki/Syntax)
 * - Semantic Versioning 2.0: `semver-equals`, `semver-greater`, `semver-at-least`, `semver-less`, `semver-at-most`
 * - moments, as RFC 3339 texts or milliseconds since 1970: `before`, `after`
 * - anything that is not null: `exists`
 */
export const OPERATORS = [
  'equals',
  'not-equals',
  'in',
  'not-in',
  'greater',
  'at-least',
  'less',
  'at-most',
  'contains',
  'not-contains',
  'starts-with',
  'ends-with',
  'matches',
  'semver-equals',
  'semver-greater',
  'semver-at-least',
  'semver-less',
  'semver-at-most',
  'before',
  'after',
  'exists',
] as const;

export type Operator = (typeof OPERATORS)[number];

export type Scalar = string | number | boolean;

/** A test of one attribute. */
export interface AttributeCondition {
  readonly attribute: string;
  readonly operator: Operator;
  /** Absent for `exists`; a list for `in` and `not-in`. */
  readonly value?: Scalar | readonly Scalar[];
  /** Compare texts without regard to upper and lower case; only operators of `IGNORES_CASE` know it. */
  readonly ignoreCase?: boolean;
}

/** The unit is in a named audience: the condition of that key in `Ruleset.segments`. */
export interface SegmentCondition {
  readonly segment: string;
}

/** A targeting condition over a unit's attributes; `all`/`any`/`not` nest. An absent attribute matches nothing. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | SegmentCondition
  | AttributeCondition;

/** Operators that `ignoreCase` may stand with. */
export const IGNORES_CASE: readonly Operator[] = [
  'equals',
  'not-equals',
  'in',
  'not-in',
  'contains',
  'not-contains',
  'starts-with',
  'ends-with',
  'matches',
];

/** Deeper nesting is refused, of conditions and of segments within segments: it is a mistake, and evaluation recurses. */
export const MAX_CONDITION_DEPTH = 16;

/** Most conditions in one tree, groups included. */
export const MAX_CONDITION_NODES = 1000;

/** Most values of an `in` or `not-in`. */
export const MAX_LIST_LENGTH = 10_000;

/** Most characters of a text that is compared with. */
export const MAX_TEXT_LENGTH = 1000;

/** Most characters of a regular expression. */
export const MAX_PATTERN_LENGTH = 500;

/** An attribute with more characters matches no regular expression: linear time is still time. */
export const MAX_MATCHED_LENGTH = 10_000;
