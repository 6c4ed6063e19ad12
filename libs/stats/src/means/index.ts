export * from './two-means.js';
