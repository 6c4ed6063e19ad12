import { conditionProblem } from '@app/bucketing';
import { registerDecorator, type ValidationArguments } from 'class-validator';

/** A targeting condition; the message names the place that is wrong. */
export function IsCondition(): PropertyDecorator {
  return (target, property) => {
    const path = property as string;
    registerDecorator({
      name: 'isCondition',
      target: target.constructor,
      propertyName: path,
      validator: {
        validate: (value: unknown) => conditionProblem(value, path) === null,
        defaultMessage: (args?: ValidationArguments) =>
          conditionProblem(args?.value, path) ?? `${path} is not valid`,
      },
    });
  };
}

/** A flat object of texts, e.g. unit → variant. */
export function IsTextMap(most: number): PropertyDecorator {
  return (target, property) => {
    const path = property as string;
    registerDecorator({
      name: 'isTextMap',
      target: target.constructor,
      propertyName: path,
      validator: {
        validate: (value: unknown) =>
          typeof value === 'object' &&
          value !== null &&
          !Array.isArray(value) &&
          Object.keys(value).length <= most &&
          Object.entries(value).every(
            ([key, text]) => key.length > 0 && key.length <= 500 && typeof text === 'string',
          ),
        defaultMessage: () => `${path} must be an object from text to text, with ${most} entries at most`,
      },
    });
  };
}
