import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ControlError } from './control.errors.js';
import type { FieldProblem } from './problem.js';

/** Refuses what a DTO does not declare, and says every problem at once. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    exceptionFactory: (errors) => {
      const problems = errors.flatMap((error) => flatten(error, ''));
      return new ControlError('VALIDATION_FAILED', sentence(problems), { errors: problems });
    },
  });
}

function sentence(problems: readonly FieldProblem[]): string {
  const first = problems[0];
  if (!first) return 'the request is not valid';
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  return `${first.message}${more}`;
}

function flatten(error: ValidationError, path: string): FieldProblem[] {
  const field = path === '' ? error.property : `${path}.${error.property}`;
  const own = tellingOf(error).map((message) => ({ field, message: plain(message, error.property, field) }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, field))];
}

const OF_TYPE = ['isString', 'isNumber', 'isInt', 'isBoolean', 'isArray', 'isObject'] as const;

/** Of a missing value, or one of another type, every further rule is broken too: only the first cause helps. */
function tellingOf({ constraints = {}, property, value }: ValidationError): string[] {
  if (
    value === undefined &&
    'whitelistValidation' in constraints === false &&
    Object.keys(constraints).length > 0
  ) {
    return 'unknownValue' in constraints ? Object.values(constraints) : [`${property} is missing`];
  }
  const type = OF_TYPE.map((name) => constraints[name]).find((message) => message !== undefined);
  return type === undefined ? Object.values(constraints) : [type];
}

/** class-validator says "property x should not exist"; a person wants to know what to do. */
function plain(message: string, property: string, field: string): string {
  if (message === `property ${property} should not exist`) return `${field} is not a field of this request`;
  if (message.includes('an unknown value was passed')) return 'the body must be a JSON object';
  return message.startsWith(property) && field !== property
    ? field + message.slice(property.length)
    : message;
}
