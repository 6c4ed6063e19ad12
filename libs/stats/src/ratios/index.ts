export * from './ratio.js';
export * from './compare-ratios.js';
export * from './paired-ratios.js';
