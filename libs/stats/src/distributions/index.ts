export * from './beta.js';
export * from './binomial.js';
export * from './chi-squared.js';
export * from './f.js';
export * from './gamma.js';
export * from './normal.js';
export * from './student-t.js';
