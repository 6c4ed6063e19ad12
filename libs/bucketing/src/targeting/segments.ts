import { type Condition, MAX_CONDITION_DEPTH } from './condition.js';

export type Segments = Readonly<Record<string, Condition>>;

/** Keys of the segments a condition names itself, each once, in the order of their first mention. */
export function namedSegments(condition: Condition): string[] {
  const found = new Set<string>();
  const visit = (one: Condition): void => {
    if ('all' in one) one.all.forEach(visit);
    else if ('any' in one) one.any.forEach(visit);
    else if ('not' in one) visit(one.not);
    else if ('segment' in one) found.add(one.segment);
  };
  visit(condition);
  return [...found];
}

/**
 * What is wrong with the segments that a condition names, and those they name in turn: one that is not there, one that
 * ends up in itself, or a chain longer than evaluation follows. In words; null when nothing is.
 */
export function segmentProblem(condition: Condition, segments: Segments): string | null {
  const heights = new Map<string, number>();
  let problem: string | null = null;
  const heightOf = (inner: Condition, chain: readonly string[]): number => {
    let height = 0;
    for (const key of namedSegments(inner)) {
      if (problem) break;
      if (chain.includes(key)) problem = `segment "${key}" contains itself: ${[...chain, key].join(' → ')}`;
      else if (!Object.hasOwn(segments, key)) problem = `segment "${key}" is not known`;
      else if (chain.length < MAX_CONDITION_DEPTH) {
        const below = heights.get(key) ?? heightOf(segments[key]!, [...chain, key]);
        heights.set(key, below);
        height = Math.max(height, below + 1);
      }
      // Also of two chains that meet: each segment is followed once, so the chain alone does not show it.
      if (chain.length + height > MAX_CONDITION_DEPTH || chain.length === MAX_CONDITION_DEPTH) {
        problem ??= `segments nest deeper than ${MAX_CONDITION_DEPTH}`;
      }
    }
    return height;
  };
  heightOf(condition, []);
  return problem;
}

/** Every segment a condition rests on, directly or through others; unknown ones included. Ends for cycles too. */
export function segmentsBehind(condition: Condition, segments: Segments): Set<string> {
  const found = new Set<string>();
  const open = namedSegments(condition);
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    if (Object.hasOwn(segments, key)) open.push(...namedSegments(segments[key]!));
  }
  return found;
}
