export * from './threshold.js';
export * from './winsorise.js';
