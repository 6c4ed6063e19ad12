import type { Experiment } from './experiment.js';

/** Relative weight of each arm. */
export function weightsOf({ variants }: Pick<Experiment, 'variants'>): Record<string, number> {
  return Object.fromEntries(variants.map((variant) => [variant.key, variant.weight]));
}

/** What besides the weights decides who is in which arm. */
export function epochShape(experiment: Experiment): Record<string, unknown> {
  return {
    trafficShare: experiment.trafficShare,
    ranges: experiment.ranges,
    audience: experiment.audience,
    prerequisites: experiment.prerequisites,
    models: Object.fromEntries(experiment.variants.map((variant) => [variant.key, variant.model])),
  };
}
