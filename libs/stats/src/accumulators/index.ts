export * from './arm-moments.js';
export * from './moments.js';
export * from './pair-moments.js';
export * from './vector-moments.js';
