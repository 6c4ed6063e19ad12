export * from './assignments.js';
export * from './events.js';
export * from './feedback.js';
export * from './growthbook.js';
export * from './ofrep.js';
export * from './openapi.js';
export * from './problem.js';
export * from './unleash.js';
export {
  attributes as attributesSchema,
  attributesSize,
  isStorable,
  isUnitId,
  MAX_ATTRIBUTES_SIZE,
  type Schema,
} from './schema.js';
