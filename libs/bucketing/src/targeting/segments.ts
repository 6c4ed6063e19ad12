import { type Condition, MAX_CONDITION_DEPTH } from './condition.js';
import { conditionProblem } from './condition-problem.js';

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
 * What is wrong with the segments that a condition names, and those they name in turn: one that is not there, that is no
 * condition, or that ends up in itself, or a chain longer than evaluation follows. In words; null when nothing is.
 */
export function segmentProblem(condition: Condition, segments: Segments): string | null {
  return new SegmentBook(segments).problem(condition);
}

/** `segmentProblem` for many conditions over the same segments: each segment is read once. */
export class SegmentBook {
  /** How many levels of segments a segment rests on, or what is wrong with it. */
  private readonly read = new Map<string, number | string>();

  constructor(readonly segments: Segments) {}

  problem(condition: Condition): string | null {
    const found = this.follow(condition, []);
    return typeof found === 'string' ? found : null;
  }

  private follow(condition: Condition, chain: readonly string[]): number | string {
    let height = 0;
    for (const key of namedSegments(condition)) {
      const below = this.segment(key, chain);
      if (typeof below === 'string') return below;
      height = Math.max(height, below + 1);
      // Also of two chains that meet: a segment is followed once, so a chain alone does not show it.
      if (height > MAX_CONDITION_DEPTH) return TOO_DEEP;
    }
    return height;
  }

  private segment(key: string, chain: readonly string[]): number | string {
    const known = this.read.get(key);
    if (known !== undefined) return known;
    if (chain.includes(key)) return `segment "${key}" contains itself: ${[...chain, key].join(' → ')}`;
    if (chain.length > MAX_CONDITION_DEPTH) return TOO_DEEP;
    if (!Object.hasOwn(this.segments, key)) return `segment "${key}" is not known`;
    const condition = this.segments[key]!;
    const found = conditionProblem(condition, `segment "${key}"`) ?? this.follow(condition, [...chain, key]);
    // Whether it is too deep depends on where one came from.
    if (found !== TOO_DEEP) this.read.set(key, found);
    return found;
  }
}

const TOO_DEEP = `segments nest deeper than ${MAX_CONDITION_DEPTH}`;

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
