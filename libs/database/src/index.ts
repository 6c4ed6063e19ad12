export * from './columns.js';
export * from './database-clock.js';
export * from './data-source.js';
export * from './database.js';
export * from './database.module.js';
export * from './migrate.js';
export * from './schema-dump.js';
