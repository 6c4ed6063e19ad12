export * from './held-ruleset.js';
export { applyDelta, DeltaDoesNotFit, deltaOf, type RulesetDelta } from './ruleset-delta.js';
