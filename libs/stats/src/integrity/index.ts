export * from './srm-fixed.js';
export * from './srm-sequential.js';
