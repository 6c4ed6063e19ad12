import { type ContenderError, type ContenderOptions, createContender } from '../index.js';
import { FakeEdge, OPTIONS } from './edge.js';

/** A client in a place of its own, before an edge that does as it is told. */
export function aWorld(more: Partial<ContenderOptions> = {}) {
  const edge = new FakeEdge();
  const errors: ContenderError[] = [];
  const make = (options: Partial<ContenderOptions> = {}) =>
    createContender({
      ...OPTIONS,
      platform: edge.platform,
      onError: (error: ContenderError) => errors.push(error),
      ...more,
      ...options,
    });
  return { edge, platform: edge.platform, errors, make, codes: () => errors.map(({ code }) => code) };
}
