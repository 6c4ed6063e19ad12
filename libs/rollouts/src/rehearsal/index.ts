export * from './play-plan.js';
export * from './played-epochs.js';
export * from './population.js';
export * from './rehearse.js';
