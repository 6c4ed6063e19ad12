export * from './domain/answer-form.js';
export * from './domain/assign.js';
export * from './domain/assignment-token.js';
export * from './domain/exposure.js';
