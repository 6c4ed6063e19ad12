export * from './inflation.js';
export * from './means-power.js';
export * from './plan-size.js';
export * from './proportions-power.js';
export * from './t-power.js';
