export * from './domain/holdout.errors.js';
export * from './domain/holdout.js';
export * from './holdout.service.js';
export * from './holdouts.module.js';
export type { HoldoutFilter } from './ports/holdout.store.js';
