export { BARS } from './bars/index.js';
export * from './harness/index.js';
export * from './random/index.js';
export * from './scenarios/index.js';
export * from './simulation-error.js';
export * from './streams/index.js';
