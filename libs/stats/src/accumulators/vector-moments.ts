import { inRange, StatsError } from '../stats-error.js';
import { momentsOf } from './moments.js';
import { requireMoments } from './require-moments.js';

/** Moments of k variables of the same units: their means and the k × k matrix of co-moments Σ (xᵢ − x̄ᵢ)(xⱼ − x̄ⱼ). */
export interface VectorMoments {
  readonly n: number;
  readonly mean: readonly number[];
  readonly comoments: ReadonlyArray<readonly number[]>;
}

/**
 * Moments of k columns of raw values.
 *
 * @throws StatsError `STATS_SHAPE` columns of different lengths
 */
export function vectorMomentsOf(columns: ReadonlyArray<readonly number[]>): VectorMoments {
  const n = columns[0]?.length ?? 0;
  if (columns.some((column) => column.length !== n))
    throw new StatsError(
      'STATS_SHAPE',
      `columns of ${columns.map((column) => column.length).join(', ')} values`,
    );
  const moments = columns.map(momentsOf);
  const centred = columns.map((column, i) => column.map((value) => value - moments[i]!.mean));
  const product = (i: number, j: number): number =>
    centred[i]!.reduce((sum, value, row) => sum + value * centred[j]![row]!, 0);
  return requireVectorMoments({
    n,
    mean: moments.map(({ mean }) => mean),
    comoments: columns.map((_, i) => columns.map((__, j) => (i === j ? moments[i]!.m2 : product(i, j)))),
  });
}

/**
 * Moments of two disjoint sets of units together; commutative, and associative to rounding.
 *
 * @throws StatsError `STATS_SHAPE` not the same k, `STATS_DOMAIN` a count or M2 negative, a figure not finite
 */
export function mergeVectorMoments(a: VectorMoments, b: VectorMoments): VectorMoments {
  requireVectorMoments(a);
  requireVectorMoments(b);
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  if (a.mean.length !== b.mean.length)
    throw new StatsError('STATS_SHAPE', `moments of ${a.mean.length} and of ${b.mean.length} columns`);
  const n = a.n + b.n;
  const share = b.n / n;
  const weight = (a.n / n) * b.n;
  const gap = b.mean.map((mean, i) => mean - a.mean[i]!);
  return requireVectorMoments({
    n,
    mean: a.mean.map((mean, i) => mean + gap[i]! * share),
    comoments: a.comoments.map((row, i) =>
      row.map((value, j) => value + b.comoments[i]![j]! + gap[i]! * gap[j]! * weight),
    ),
  });
}

/** The moments, or a StatsError unless they have k means and a k × k matrix of finite figures without negative M2. */
export function requireVectorMoments(moments: VectorMoments): VectorMoments {
  const { n, mean, comoments } = moments;
  if (comoments.length !== mean.length || comoments.some((row) => row.length !== mean.length))
    throw new StatsError('STATS_SHAPE', `${mean.length} means with ${comoments.length} rows of co-moments`);
  mean.forEach((value, i) => requireMoments({ n, mean: value, m2: comoments[i]![i]! }));
  comoments.forEach((row) => row.forEach((value) => inRange(value, 'comoment')));
  return moments;
}
