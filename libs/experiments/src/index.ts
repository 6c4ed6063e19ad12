export * from './domain/experiment.errors.js';
export * from './domain/experiment-lifecycle.js';
export * from './domain/experiment.js';
export { DEFAULT_MARGIN, DEFAULT_PLANNED_UNITS, resolvePlan } from './domain/fix-at-start.js';
export * from './experiment-change.service.js';
export * from './experiment-check.service.js';
export * from './experiment-comment.service.js';
export type {
  ExperimentChanges,
  ExperimentInput,
  MetricRoleInput,
  VariantInput,
} from './experiment-content.service.js';
export { ExperimentDraftService } from './experiment-draft.service.js';
export * from './experiment-health.service.js';
export * from './experiment-plan.service.js';
export * from './experiment.service.js';
export * from './experiments.module.js';
export * from './ports/experiment.comments.js';
export * from './ports/experiment.reader.js';
export type { ExperimentFilter } from './ports/experiment.store.js';
export * from './ports/traffic.reader.js';
