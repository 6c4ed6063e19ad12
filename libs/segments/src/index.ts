export * from './domain/segment.errors.js';
export * from './domain/segment.js';
export * from './segment.service.js';
export * from './segments.module.js';
