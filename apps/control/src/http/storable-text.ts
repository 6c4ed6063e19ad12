import type { RequestHandler } from 'express';
import { ControlError } from './control.errors.js';

/** Half of a character that UTF-16 writes as two: JSON can hold one, UTF-8 and so the database cannot. */
const HALF_CHARACTER = /\p{Surrogate}/u;

/** Levels of a body. An audience may nest; a thousand brackets are an attack on whoever walks them. */
const DEEPEST = 100;

/** Refuses a body with a text that no row can hold, and says where it is. */
export const refuseUnstorableText: RequestHandler = (request, _response, next) => {
  const found = unstorable(request.body, '');
  if (!found) return next();
  const { field, what } = found;
  const message = `${field === '' ? 'the body' : field} must not hold ${what}`;
  next(new ControlError('VALIDATION_FAILED', message, { errors: [{ field, message }] }));
};

function unstorable(value: unknown, field: string, depth = 0): { field: string; what: string } | null {
  if (typeof value === 'string') {
    const what = problemOf(value);
    return what === null ? null : { field, what };
  }
  if (typeof value !== 'object' || value === null) return null;
  if (depth === DEEPEST) return { field: field.slice(0, 100), what: `more than ${DEEPEST} levels` };
  for (const [key, inner] of Object.entries(value)) {
    const what = problemOf(key);
    if (what !== null) return { field, what };
    const found = unstorable(inner, field === '' ? key : `${field}.${key}`, depth + 1);
    if (found) return found;
  }
  return null;
}

function problemOf(text: string): string | null {
  if (text.includes('\u0000')) return 'U+0000';
  return HALF_CHARACTER.test(text) ? 'half a character (a lone surrogate)' : null;
}
