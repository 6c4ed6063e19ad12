import type { HashScheme } from '../ruleset.js';
import { ConditionCompiler } from './compile-condition.js';
import type { Attributes, Condition } from './condition.js';
import { conditionProblem } from './condition-problem.js';
import { segmentProblem, type Segments } from './segments.js';

/**
 * Whether a unit's attributes meet a condition; for one-off questions, a ruleset compiles its conditions once.
 *
 * No conversion: "1" is not 1 (see `schemeTest` for the other hash schemes). An absent (or null) attribute matches no
 * operator, not even `not-equals`; wrap in `not` to include units that say nothing. `contains` looks into a text or a
 * list; `in` tests a single value. An empty `all` is true, an empty `any` false. A condition or segment that cannot be
 * read is met by nobody.
 */
export function matches(
  condition: Condition,
  attributes: Attributes,
  segments: Segments = {},
  scheme: HashScheme = 'native-v1',
): boolean {
  if (conditionProblem(condition) !== null || segmentProblem(condition, segments) !== null) return false;
  return new ConditionCompiler(segments, scheme).compile(condition)(attributes);
}
