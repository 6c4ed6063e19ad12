export * from './amounts.js';
export * from './arms.js';
export * from './arrivals.js';
export * from './scenario.js';
export * from './scores.js';
