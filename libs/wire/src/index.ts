export * from './assignments.js';
export * from './events.js';
export * from './feedback.js';
export * from './openapi.js';
export * from './problem.js';
export type { Schema } from './schema.js';
