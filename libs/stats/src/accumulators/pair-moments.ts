import { inRange, requireFinite, requireNotNegative, StatsError } from '../stats-error.js';
import { momentsOf, type Moments } from './moments.js';
import { requireMoments } from './require-moments.js';

/** Moments of two variables of the same units, with their co-moment Σ (x − x̄)(y − ȳ). */
export interface PairMoments {
  readonly n: number;
  readonly x: { readonly mean: number; readonly m2: number };
  readonly y: { readonly mean: number; readonly m2: number };
  readonly comoment: number;
}

/** The moments of no pairs: the neutral element of `mergePairMoments`. */
export const EMPTY_PAIR_MOMENTS: PairMoments = {
  n: 0,
  x: { mean: 0, m2: 0 },
  y: { mean: 0, m2: 0 },
  comoment: 0,
};

/**
 * Pair moments of raw values.
 *
 * @throws StatsError `STATS_SHAPE` lengths differ, `STATS_DOMAIN` as `momentsOf`
 */
export function pairMomentsOf(x: readonly number[], y: readonly number[]): PairMoments {
  if (x.length !== y.length) throw new StatsError('STATS_SHAPE', `${x.length} values with ${y.length}`);
  const mx: Moments = momentsOf(x);
  const my: Moments = momentsOf(y);
  let comoment = 0;
  for (let i = 0; i < x.length; i++) comoment += (x[i]! - mx.mean) * (y[i]! - my.mean);
  return sound({ n: x.length, x: { mean: mx.mean, m2: mx.m2 }, y: { mean: my.mean, m2: my.m2 }, comoment });
}

/** Pair moments of two disjoint sets of units together. */
export function mergePairMoments(a: PairMoments, b: PairMoments): PairMoments {
  sound(a);
  sound(b);
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const share = b.n / n;
  const weight = (a.n / n) * b.n;
  const dx = b.x.mean - a.x.mean;
  const dy = b.y.mean - a.y.mean;
  return sound({
    n,
    x: { mean: a.x.mean + dx * share, m2: a.x.m2 + b.x.m2 + dx * dx * weight },
    y: { mean: a.y.mean + dy * share, m2: a.y.m2 + b.y.m2 + dy * dy * weight },
    comoment: a.comoment + b.comoment + dx * dy * weight,
  });
}

function sound(moments: PairMoments): PairMoments {
  requireMoments({ n: moments.n, ...moments.x });
  requireMoments({ n: moments.n, ...moments.y });
  inRange(moments.comoment, 'comoment');
  return moments;
}

/** Pair moments from n, Σx, Σy, Σx², Σy², Σxy; only for sums small enough to be exact. */
export function pairMomentsFromSums(s: {
  n: number;
  x: number;
  y: number;
  xx: number;
  yy: number;
  xy: number;
}): PairMoments {
  for (const [name, value] of [
    ['n', s.n],
    ['xx', s.xx],
    ['yy', s.yy],
  ] as const)
    requireNotNegative(value, name);
  for (const [name, value] of [
    ['x', s.x],
    ['y', s.y],
    ['xy', s.xy],
  ] as const)
    requireFinite(value, name);
  if (s.n === 0) return EMPTY_PAIR_MOMENTS;
  return sound({
    n: s.n,
    x: { mean: s.x / s.n, m2: Math.max(0, s.xx - (s.x * s.x) / s.n) },
    y: { mean: s.y / s.n, m2: Math.max(0, s.yy - (s.y * s.y) / s.n) },
    comoment: s.xy - (s.x * s.y) / s.n,
  });
}
