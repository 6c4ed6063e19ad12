export * from './fisher.js';
export * from './k-sample.js';
export * from './one-proportion.js';
export * from './score-interval.js';
export * from './two-proportions.js';
