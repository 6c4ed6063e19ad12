import { type AttributeCondition, MAX_MATCHED_LENGTH, type Scalar } from './condition.js';
import { instantOf } from './instant.js';
import { compilePattern } from './pattern.js';
import { compareSemver, parseSemver, type Semver } from './semver.js';

/** A test of an attribute that is there; any type may come, none throws. */
export type ValueTest = (actual: unknown) => boolean;

/** Up to this many values a look through the list beats hashing. */
const SHORT_LIST = 8;

const never: ValueTest = () => false;

/**
 * The test an attribute condition makes of an attribute that is neither absent nor null. The condition must be sound
 * (`conditionProblem`); a value of a type the operator does not know is never met.
 *
 * @throws Error when the condition's own value cannot be read
 */
export function valueTest({ operator, value, ignoreCase }: AttributeCondition): ValueTest {
  const folds = ignoreCase === true;
  switch (operator) {
    case 'exists':
      return () => true;
    case 'equals':
      return oneOf([value as Scalar], folds);
    case 'not-equals':
      return inverted(oneOf([value as Scalar], folds));
    case 'in':
      return oneOf(value as readonly Scalar[], folds);
    case 'not-in':
      return inverted(oneOf(value as readonly Scalar[], folds));
    case 'greater':
      return numbers((actual) => actual > (value as number));
    case 'at-least':
      return numbers((actual) => actual >= (value as number));
    case 'less':
      return numbers((actual) => actual < (value as number));
    case 'at-most':
      return numbers((actual) => actual <= (value as number));
    case 'contains':
      return contains(value as Scalar, folds, true);
    case 'not-contains':
      return contains(value as Scalar, folds, false);
    case 'starts-with':
      return texts(value as string, folds, (actual, wanted) => actual.startsWith(wanted));
    case 'ends-with':
      return texts(value as string, folds, (actual, wanted) => actual.endsWith(wanted));
    case 'matches':
      return pattern(value as string, folds);
    case 'semver-equals':
      return versions(value as string, (order) => order === 0);
    case 'semver-greater':
      return versions(value as string, (order) => order > 0);
    case 'semver-at-least':
      return versions(value as string, (order) => order >= 0);
    case 'semver-less':
      return versions(value as string, (order) => order < 0);
    case 'semver-at-most':
      return versions(value as string, (order) => order <= 0);
    case 'before':
      return moments(value, (actual, bound) => actual < bound);
    case 'after':
      return moments(value, (actual, bound) => actual > bound);
  }
}

const fold = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

const inverted =
  (test: ValueTest): ValueTest =>
  (actual) =>
    !test(actual);

function oneOf(values: readonly Scalar[], folds: boolean): ValueTest {
  const wanted = folds ? values.map((value) => fold(value)) : values;
  const [only] = wanted;
  const among: ValueTest =
    wanted.length === 1
      ? (actual) => actual === only
      : wanted.length <= SHORT_LIST
        ? (actual) => (wanted as readonly unknown[]).includes(actual)
        : (
            (set: ReadonlySet<unknown>) => (actual: unknown) =>
              set.has(actual)
          )(new Set<unknown>(wanted));
  return folds ? (actual) => among(fold(actual)) : among;
}

function numbers(test: (actual: number) => boolean): ValueTest {
  return (actual) => typeof actual === 'number' && test(actual);
}

function texts(wanted: string, folds: boolean, test: (actual: string, wanted: string) => boolean): ValueTest {
  if (!folds) return (actual) => typeof actual === 'string' && test(actual, wanted);
  const folded = wanted.toLowerCase();
  return (actual) => typeof actual === 'string' && test(actual.toLowerCase(), folded);
}

/** In a text a part of it, in a list a member; neither `contains` nor `not-contains` is met by anything else. */
function contains(value: Scalar, folds: boolean, found: boolean): ValueTest {
  const wanted = folds ? fold(value) : value;
  return (actual) => {
    if (Array.isArray(actual)) {
      return (folds ? actual.some((one) => fold(one) === wanted) : actual.includes(wanted)) === found;
    }
    if (typeof actual !== 'string') return false;
    return typeof wanted === 'string'
      ? (folds ? actual.toLowerCase() : actual).includes(wanted) === found
      : !found;
  };
}

function pattern(source: string, folds: boolean): ValueTest {
  const found = compilePattern(source, folds);
  return (actual) => typeof actual === 'string' && actual.length <= MAX_MATCHED_LENGTH && found(actual);
}

function versions(value: string, test: (order: number) => boolean): ValueTest {
  const bound = parseSemver(value);
  if (!bound) return never;
  const read = (actual: unknown): Semver | null => (typeof actual === 'string' ? parseSemver(actual) : null);
  return (actual) => {
    const version = read(actual);
    return version !== null && test(compareSemver(version, bound));
  };
}

function moments(value: unknown, test: (actual: number, bound: number) => boolean): ValueTest {
  const bound = instantOf(value);
  if (bound === null) return never;
  return (actual) => {
    const moment = instantOf(actual);
    return moment !== null && test(moment, bound);
  };
}
