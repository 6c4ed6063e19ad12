export * from './asymptotic-cs.js';
export * from './label-e-process.js';
export * from './msprt.js';
export * from './bernoulli-cs.js';
