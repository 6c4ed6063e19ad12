export * from './analysis.module.js';
export * from './domain/analysis.errors.js';
export * from './domain/look.js';
export { checkLook, digestOfText, type LookCheck, recomputeLook } from './domain/recompute-look.js';
export { type Exploration, LookService } from './look.service.js';
export * from './ports/look.reader.js';
export { SqlLookStore } from './persistence/sql-look.store.js';
