import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import type { Schema } from '@app/wire';
import { EdgeError } from './edge-error.js';

const ajv = new Ajv({ strictTypes: false, strictRequired: false, allErrors: false, verbose: true });
ajv.addVocabulary(['example']);
// Times are read by readInstant, which also knows which days exist.
ajv.addFormat('date-time', true);

/** A compiled check of a body's shape. */
export function compile<T>(schema: Schema): ValidateFunction<T> {
  return ajv.compile<T>(schema);
}

/** @throws EdgeError `VALIDATION_FAILED` naming the first field that is wrong */
export function requireValid<T>(validate: ValidateFunction<T>, body: unknown): T {
  if (validate(body)) return body;
  const { field, message } = describe(validate.errors);
  throw new EdgeError('VALIDATION_FAILED', field === '' ? `the body ${message}` : `${field} ${message}`, {
    errors: [{ field, message }],
  });
}

/** The first error in words, with the field it is about; '' for the body itself. */
export function describe(errors: readonly ErrorObject[] | null | undefined): {
  field: string;
  message: string;
} {
  // Where one of several shapes is wanted, the schema's own words beat those about the first shape tried.
  const choice = errors?.find(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf');
  const words: unknown = choice?.parentSchema?.description;
  if (typeof words === 'string') return { field: choice!.instancePath.slice(1), message: words };
  const error = errors?.[0];
  if (!error) return { field: '', message: 'is not valid' };
  const place = error.instancePath.slice(1).replaceAll('/', '.');
  const at = (name: unknown): string => (place ? `${place}.${String(name)}` : String(name));
  switch (error.keyword) {
    case 'additionalProperties':
      return { field: at(error.params.additionalProperty), message: 'is not known' };
    case 'required':
      return { field: at(error.params.missingProperty), message: 'is missing' };
    case 'pattern':
      return { field: place, message: 'must not hold U+0000 or half of a surrogate pair' };
    case 'enum':
      return {
        field: place,
        message: `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`,
      };
    default:
      return { field: place, message: error.message ?? 'is not valid' };
  }
}
