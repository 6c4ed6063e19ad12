export type { AssignOptions, Assignment, TaskShape, TaskShapes } from './assignment.js';
export { AssignmentSet } from './assignment-set.js';
export { ContenderClient, type ContenderStats, createContender } from './client.js';
export { ContenderError, SDK_ERRORS, type SdkErrorCode } from './errors.js';
export type { Feedback, Outcome, UnitOrUnits } from './events/outcome.js';
export type { ContenderOptions } from './options.js';
export type {
  Exits,
  Fetch,
  FetchAnswer,
  OpenStream,
  Platform,
  StreamListener,
  StreamOpener,
} from './platform.js';
export type { Change } from './ruleset/ruleset-holder.js';
export type { Attributes, DecisionSource, Reason } from '@app/bucketing';
