export * from './control-charts.js';
export * from './population-stability.js';
export * from './run-length.js';
