import type { AttributeCondition, Condition, Operator, Scalar } from '../targeting/condition.js';
import { isInherited } from '../targeting/inherited.js';
import type { Segments } from '../targeting/segments.js';
import { expressible, Inexpressible, type Translated } from './translated.js';

/** A targeting condition of GrowthBook's SDKs: MongoDB's query syntax. */
export type GrowthbookCondition = Readonly<Record<string, unknown>>;

/**
 * A sound condition in GrowthBook's words. Types are asked for where its operators would convert, and "not a list" where
 * they would look into one, so that it means what `schemeTest` does under `growthbook-v2`. Segments are written out.
 */
export function growthbookCondition(
  condition: Condition,
  segments: Segments,
): Translated<GrowthbookCondition> {
  return expressible(() => translate(condition, segments));
}

function translate(condition: Condition, segments: Segments): GrowthbookCondition {
  if ('all' in condition) return { $and: condition.all.map((inner) => translate(inner, segments)) };
  if ('any' in condition) {
    // An empty $or holds for everybody there.
    if (condition.any.length === 0) return { $not: {} };
    return { $or: condition.any.map((inner) => translate(inner, segments)) };
  }
  if ('not' in condition) return { $not: translate(condition.not, segments) };
  if ('segment' in condition) return translate(segments[condition.segment]!, segments);
  return attribute(condition);
}

const NUMBERS: Partial<Record<Operator, string>> = {
  greater: '$gt',
  'at-least': '$gte',
  less: '$lt',
  'at-most': '$lte',
};

const VERSIONS: Partial<Record<Operator, string>> = {
  'semver-equals': '$veq',
  'semver-greater': '$vgt',
  'semver-at-least': '$vgte',
  'semver-less': '$vlt',
  'semver-at-most': '$vlte',
};

function attribute(condition: AttributeCondition): GrowthbookCondition {
  const { attribute: name, operator, value, ignoreCase: folds = false } = condition;
  if (name.includes('.') || name.startsWith('$') || isInherited(name)) {
    throw new Inexpressible(`GrowthBook takes the attribute name "${name}" for something else`);
  }
  const is = (test: Record<string, unknown>): GrowthbookCondition => ({ [name]: test });
  const number = NUMBERS[operator];
  if (number) return is({ $type: 'number', [number]: value });
  const version = VERSIONS[operator];
  if (version) return is({ $type: 'string', [version]: value });
  switch (operator) {
    case 'exists':
      return is({ $exists: true });
    case 'equals':
      return is(among([value as Scalar], folds));
    case 'not-equals':
      return is({ $exists: true, $not: among([value as Scalar], folds) });
    case 'in':
      return is(among(value as readonly Scalar[], folds));
    case 'not-in':
      return is({ $exists: true, $not: among(value as readonly Scalar[], folds) });
    case 'contains':
      return contains(name, value as Scalar, folds);
    case 'not-contains':
      return {
        $and: [
          { $or: [is({ $type: 'string' }), is({ $type: 'array' })] },
          { $not: contains(name, value as Scalar, folds) },
        ],
      };
    case 'starts-with':
      return is(part(`^${literal(value as string)}`, folds));
    case 'ends-with':
      return is(part(`${literal(value as string)}$`, folds));
    case 'matches':
      throw new Inexpressible('its SDKs run patterns of another dialect, without protection from slow ones');
    default:
      throw new Inexpressible(`the operator ${operator} has no equivalent`);
  }
}

const among = (values: readonly Scalar[], folds: boolean): Record<string, unknown> => ({
  [folds ? '$ini' : '$in']: [...values],
  $not: { $type: 'array' },
});

const part = (pattern: string, folds: boolean): Record<string, unknown> => ({
  $type: 'string',
  [folds ? '$regexi' : '$regex']: pattern,
});

function contains(name: string, value: Scalar, folds: boolean): GrowthbookCondition {
  const member = { [name]: { $elemMatch: { [folds ? '$ini' : '$in']: [value], $not: { $type: 'array' } } } };
  if (typeof value !== 'string') return member;
  if (folds && !/^[\x00-\x7f]*$/.test(value)) {
    throw new Inexpressible(`"${value}" has letters outside ASCII, whose cases engines fold differently`);
  }
  return { $or: [{ [name]: part(literal(value), folds) }, member] };
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
