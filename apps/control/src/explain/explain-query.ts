import type { Attributes } from '@app/bucketing';
import { ControlError } from '../http/control.errors.js';
import type { FieldProblem } from '../http/problem.js';

/** What is asked of `explain`. */
export interface ExplainQuery {
  readonly unit: string | null;
  readonly environment: string;
  readonly attributes: Attributes;
}

const PREFIX = 'attr.';
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Reads `unit`, `environment` and any number of `attr.<name>`, which is why no DTO can list the fields.
 *
 * @throws ControlError `VALIDATION_FAILED` naming every field that is wrong
 */
export function readExplainQuery(query: Readonly<Record<string, unknown>>): ExplainQuery {
  const problems: FieldProblem[] = [];
  const attributes: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(query)) {
    const known = field === 'unit' || field === 'environment' || field.startsWith(PREFIX);
    if (!known) problems.push({ field, message: `${field} is not a field of this request` });
    else if (typeof value !== 'string') problems.push({ field, message: `${field} must be given once` });
    else if (field === PREFIX)
      problems.push({ field, message: 'attr. must be followed by the name of an attribute' });
    else if (field.startsWith(PREFIX)) define(attributes, field.slice(PREFIX.length), attributeValue(value));
  }
  const { unit = null, environment } = query;
  if (environment === undefined || environment === '') {
    problems.push({ field: 'environment', message: 'environment must say for which environment to explain' });
  }
  if (problems.length > 0) {
    throw new ControlError('VALIDATION_FAILED', problems.map(({ message }) => message).join('; '), {
      errors: problems,
    });
  }
  return { unit: unit as string | null, environment: environment as string, attributes };
}

/** A query string knows only texts: what looks like a number, true or false is one; quotes keep a text a text. */
function attributeValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (NUMBER.test(text)) return Number(text);
  if (text.length >= 2 && text.startsWith('"') && text.endsWith('"')) return text.slice(1, -1);
  return text;
}

/** Also for a name like __proto__. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
