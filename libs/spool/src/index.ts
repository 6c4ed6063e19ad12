export * from './folder-lock.js';
export { syncFolder } from './segment.js';
export * from './spool.js';
export * from './spool-error.js';
export type { OnDamage } from './spool-reader.js';
export { createFile, type OpenFile, type SpoolLimits } from './spool-writer.js';
