export * from './two-means.js';
export * from './one-way-anova.js';
