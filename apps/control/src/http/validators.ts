import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches, ValidateIf } from 'class-validator';

/** Keys of tasks, metrics and experiments: they stand in addresses and in calling code. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Names of models and variants: what providers and spreadsheets use, without the @ that introduces a version. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9 ._:/+-]{0,98}[A-Za-z0-9+])?$/;

/** `key` or `key@version`. */
const MODEL_REFERENCE = /^[A-Za-z0-9](?:[A-Za-z0-9 ._:/+-]{0,98}[A-Za-z0-9+])?(?:@[1-9]\d{0,8})?$/;

const EVENT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,99}$/;

export const IsKey = (): PropertyDecorator =>
  Matches(KEY, {
    message:
      '$property must be 1 to 100 letters, digits, dots, hyphens or underscores, beginning with a letter or digit',
  });

export const IsName = ({ each = false } = {}): PropertyDecorator =>
  Matches(NAME, {
    each,
    message: `${each ? 'each of ' : ''}$property must be 1 to 100 letters, digits, spaces or any of . _ : / + -, beginning with a letter or digit`,
  });

export const IsModelReference = (each = false): PropertyDecorator =>
  Matches(MODEL_REFERENCE, {
    each,
    message: `${each ? 'each of ' : ''}$property must be the key of a model, or key@version`,
  });

export const IsEventName = (): PropertyDecorator =>
  Matches(EVENT_NAME, {
    message: '$property must be the name of an event: 1 to 100 letters, digits or any of _ . : / -',
  });

/** A text that says something: not only blanks. */
export const IsText = (longest: number): PropertyDecorator =>
  applyDecorators(
    IsString(),
    Length(1, longest),
    Matches(/\S/, { message: '$property must not be blank' }),
  ) as PropertyDecorator;

/** May be left out; null is not the same and is checked like any other value. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);
