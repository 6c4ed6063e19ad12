export * from './continuous.js';
export * from './discrete.js';
export * from './normal.js';
export * from './random.js';
export * from './stream.js';
