import { StatsError } from '../src/index.js';

export const REFUSED = Symbol('refused');

/** The result of a call, or that it was refused with one of the library's codes; any other error is a defect. */
export function resultOf<T>(run: () => T): T | typeof REFUSED {
  try {
    return run();
  } catch (error) {
    if (error instanceof StatsError && /^STATS_(DOMAIN|SHAPE|METHOD)$/.test(error.code)) return REFUSED;
    throw new Error(`${String(error)} is not a StatsError`, { cause: error });
  }
}
