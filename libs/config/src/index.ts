export * from './process-config.js';
export * from './read-config.js';
