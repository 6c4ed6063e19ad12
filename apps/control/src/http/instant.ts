import { registerDecorator } from 'class-validator';

/** RFC 3339 with an offset: a time without one would mean another instant on another machine. */
const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** Whether a text is an instant that exists (no 31 February). */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !RFC3339.test(value)) return false;
  const parsed = new Date(value);
  if (Number.isNaN(parsed.getTime())) return false;
  const [year, month, day] = value.slice(0, 10).split('-').map(Number) as [number, number, number];
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/** An instant in RFC 3339, with its offset. */
export function IsInstant(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isInstant',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: isInstant,
        defaultMessage: () =>
          `${property as string} must be a time with its offset, e.g. 2026-02-01T09:00:00Z`,
      },
    });
  };
}

/** An instant as a Date; nothing stays nothing. */
export function toDate(value: string): Date;
export function toDate(value: string | undefined): Date | undefined;
export function toDate(value: string | null | undefined): Date | null | undefined;
export function toDate(value: string | null | undefined): Date | null | undefined {
  return value == null ? value : new Date(value);
}
