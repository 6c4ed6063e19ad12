/** What a caller says about a unit. Anything JSON may arrive; only what a condition understands matches. */
export type Attributes = Readonly<Record<string, unknown>>;

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
  'starts-with',
  'ends-with',
  'exists',
] as const;

export type Operator = (typeof OPERATORS)[number];

export type Scalar = string | number | boolean;

/** A test of one attribute. */
export interface AttributeCondition {
  readonly attribute: string;
  readonly operator: Operator;
  readonly value?: Scalar | readonly Scalar[];
}

/** A targeting condition over a unit's attributes; `all`/`any`/`not` nest. An absent attribute matches nothing. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | AttributeCondition;

/** Deeper nesting is refused: it is a mistake, and evaluation recurses. */
export const MAX_CONDITION_DEPTH = 16;
