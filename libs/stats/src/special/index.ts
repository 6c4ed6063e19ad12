export * from './incomplete-beta.js';
export * from './incomplete-gamma.js';
export * from './log-space.js';
export * from './stirling.js';
