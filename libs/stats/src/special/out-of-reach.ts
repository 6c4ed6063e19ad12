import { StatsError } from '../stats-error.js';

/** The error of an expansion that has not ended after all the terms it is allowed: it must neither hang nor guess. */
export function outOfReach(name: string, at: Readonly<Record<string, number>>): StatsError {
  const point = Object.entries(at).map(([key, value]) => `${key} = ${value}`);
  return new StatsError('STATS_DOMAIN', `the ${name} cannot be computed at ${point.join(', ')}`, { ...at });
}
