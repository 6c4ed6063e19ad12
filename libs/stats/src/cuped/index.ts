export * from './cuped.js';
export * from './covariate-adjustment.js';
export * from './cuped-ratio.js';
export * from './least-squares.js';
export * from './regression-adjustment.js';
