export * from './ratio.js';
export * from './compare-ratios.js';
