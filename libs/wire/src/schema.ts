/** A JSON Schema that is also an OpenAPI 3.0 schema object, so that validation and documentation cannot disagree. */
export type Schema = Readonly<Record<string, unknown>>;

/** Postgres cannot store U+0000 in a text, nor half of a surrogate pair: it would refuse the whole batch, or store another text than was sent. */
const STORABLE = '^[^\\u0000\\ud800-\\udfff]*$';

const storable = new RegExp(STORABLE, 'u');

/** Whether Postgres can store a text as it is: without U+0000 and without half of a surrogate pair. */
export const isStorable = (text: string): boolean => storable.test(text);

/** Characters (code points) of the longest id of a unit. */
const MAX_UNIT_LENGTH = 256;

/** Whether a text can be the id of a unit: what `unit` takes. */
export const isUnitId = (text: string): boolean => text !== '' && isShort(text) && isStorable(text);

/** Code points have one or two units of UTF-16. */
const isShort = (text: string): boolean =>
  text.length <= MAX_UNIT_LENGTH ||
  (text.length <= 2 * MAX_UNIT_LENGTH && [...text].length <= MAX_UNIT_LENGTH);

/** Fourth powers, summed over any number of units, stay far below the largest double. */
const LARGEST_NUMBER = 1e30;

/** A number that statistics can be computed of: one larger would overflow them, and stop the counting of all others. */
export const number = (description: string, example?: number): Schema => ({
  type: 'number',
  minimum: -LARGEST_NUMBER,
  maximum: LARGEST_NUMBER,
  ...(description === '' ? {} : { description }),
  ...(example === undefined ? {} : { example }),
});

/** A non-empty text. */
export const text = (maxLength: number, description: string, example?: string): Schema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  pattern: STORABLE,
  description,
  ...(example === undefined ? {} : { example }),
});

export const object = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  more: Schema = {},
): Schema => ({ type: 'object', properties, required: [...required], additionalProperties: false, ...more });

export const oneOf = (values: readonly string[], description: string, example?: string): Schema => ({
  type: 'string',
  enum: [...values],
  description,
  ...(example === undefined ? {} : { example }),
});

export const instant = (description: string, example: string): Schema => ({
  type: 'string',
  maxLength: 64,
  format: 'date-time',
  description,
  example,
});

/** What a caller says about a unit; used by audiences, dimensions and covariates. */
export const attributes: Schema = {
  type: 'object',
  maxProperties: 64,
  propertyNames: { maxLength: 128, pattern: STORABLE },
  description:
    'What is known of the unit, for audiences, dimensions and covariates: texts (1,024 characters at most), numbers, booleans or lists of texts. At most 64.',
  example: { plan: 'pro', country: 'DE' },
  additionalProperties: {
    anyOf: [
      { type: 'string', nullable: true, maxLength: 1024, pattern: STORABLE },
      number(''),
      { type: 'boolean' },
      { type: 'array', maxItems: 64, items: { type: 'string', maxLength: 256, pattern: STORABLE } },
    ],
  },
};

/** Size of what one event may say about its unit, as `attributesSize` measures it. */
export const MAX_ATTRIBUTES_SIZE = 16_384;

/** Every other value counts as the longest of them that JSON has for a number or a truth value, about. */
const SHORT_VALUE = 8;

/** Characters of names and texts, 8 for every other value: close to the length of their JSON, and cheap for each event. */
export function attributesSize(attributes: Readonly<Record<string, unknown>>): number {
  let size = 0;
  for (const [name, value] of Object.entries(attributes)) {
    size += name.length;
    if (typeof value === 'string') size += value.length;
    else if (Array.isArray(value)) for (const item of value) size += String(item).length;
    else size += SHORT_VALUE;
  }
  return size;
}

export const units: Schema = {
  type: 'object',
  minProperties: 1,
  maxProperties: 16,
  propertyNames: { maxLength: 64, pattern: STORABLE },
  additionalProperties: text(
    MAX_UNIT_LENGTH,
    'Id of the unit of that type, as given: case and spaces count.',
  ),
  description: 'Ids by unit type; each task uses the one of its own type.',
  example: { user: 'user-42', conversation: 'c-1009' },
};

export const unit: Schema = text(
  MAX_UNIT_LENGTH,
  'Id of what is randomised, as given: case and spaces count. Used for whatever unit type a task has.',
  'user-42',
);
