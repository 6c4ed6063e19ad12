export * from './asymptotic-cs.js';
export * from './label-e-process.js';
export * from './msprt.js';
export * from './bernoulli-cs.js';
export * from './anytime-regression.js';
export * from './betting.js';
export { empiricalBernsteinPath, mixtureEmpiricalBernsteinLower, type SequencePath } from './bounded-mean.js';
export * from './quantile-ab.js';
export * from './uniform-boundaries.js';
