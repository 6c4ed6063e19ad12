export * from './control-charts.js';
export * from './e-detector.js';
export * from './population-stability.js';
export * from './run-length.js';
