export * from './domain/subject-evidence.js';
export * from './ports/aggregator.js';
export * from './ports/evidence-store.js';
export * from './metrics.module.js';
export { SqlAggregator } from './persistence/sql-aggregator.js';
export { SqlEvidenceStore } from './persistence/sql-evidence-store.js';
export { MeasuredWorld, type WorldMetric, type WorldSubject } from './persistence/testing/measured-world.js';
