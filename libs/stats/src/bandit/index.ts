export * from './aipw.js';
export { armAt, thompsonAllocation, type AllocationFloors } from './allocation.js';
export { banditBatches, type BanditBatch, type BanditRow } from './bandit-batch.js';
export * from './bandit-step.js';
export * from './best-mean.js';
export * from './expected-losses.js';
