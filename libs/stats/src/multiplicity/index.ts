export * from './adjust.js';
export * from './e-values.js';
export * from './dunnett.js';
