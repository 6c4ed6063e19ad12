export * from './fieller.js';
export * from './relative-lift.js';
