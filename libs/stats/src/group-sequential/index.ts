export {
  groupSequentialBoundary,
  type Boundary,
  type BoundaryPlan,
  type BoundaryType,
} from './boundaries.js';
export { groupSequentialDesign, type GroupSequentialDesign } from './design.js';
export * from './futility.js';
export * from './spending.js';
export * from './monitoring.js';
