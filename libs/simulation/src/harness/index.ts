export * from './judges.js';
export * from './row.js';
export * from './run-row.js';
export * from './tally.js';
