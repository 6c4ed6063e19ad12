export * from './domain/subject.errors.js';
export * from './domain/subject.js';
export * from './ports/subject.store.js';
export * from './subjects.module.js';
