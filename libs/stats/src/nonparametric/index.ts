export * from './kolmogorov-smirnov.js';
export * from './mann-whitney.js';
