import { inRange } from '../stats-error.js';
import { outOfReach } from './out-of-reach.js';

/** Terms this far (in logs) below the largest change nothing. */
const NEGLIGIBLE = 45;
/** Steps from which on the maximum is searched for. */
const LONG_WAY = 1_000;
const MOST_STEPS = 50_000;

/**
 * ln ∫ e^f over the real line by trapezoids, for analytic f that falls off on both sides of [from, to].
 *
 * Nodes are taken outwards until the terms no longer count. For such integrands the error falls exponentially with the
 * step; choose it below half the narrowest standard deviation in it. With `oneHump` (f rises to one maximum and falls) a
 * long way between `from` and `to` is not walked but searched for the maximum.
 *
 * @throws StatsError `STATS_DOMAIN` more than 50,000 steps would have to be taken
 */
export function logTrapezoid(
  f: (u: number) => number,
  from: number,
  to: number,
  step: number,
  oneHump = false,
): number {
  if (oneHump && to - from > LONG_WAY * step) {
    const top = highest(f, from, to);
    return logTrapezoid(f, top, top, step);
  }
  const terms: number[] = [];
  let high = -Infinity;
  const add = (u: number): number => {
    const term = f(u);
    terms.push(term);
    high = Math.max(high, term);
    return term;
  };
  // Counted from the start, not from 0: far from the origin u / step would have no digits left.
  const last = Math.ceil((to - from) / step);
  if (!(last < MOST_STEPS)) throw outOfReach('integral', { from, to, step });
  for (let i = 0; i <= last; i++) add(from + i * step);
  const walk = (start: number, direction: 1 | -1): void => {
    let previous = -Infinity;
    for (let i = 1; i < MOST_STEPS; i++) {
      const term = add(start + direction * i * step);
      if (!(term > high - NEGLIGIBLE) && !(term > previous)) return;
      previous = term;
    }
    throw outOfReach('integral', { start, step });
  };
  walk(from + last * step, 1);
  walk(from, -1);
  if (high === -Infinity) return -Infinity;
  const sum = terms.reduce((all, term) => all + Math.exp(term - high), 0);
  return inRange(high + Math.log(sum * step), 'integral');
}

/** Where a function that rises to one maximum and falls is largest, by golden sections. */
function highest(f: (u: number) => number, from: number, to: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let left = high - golden * (high - low);
  let right = low + golden * (high - low);
  let [atLeft, atRight] = [f(left), f(right)];
  for (let i = 0; i < 100 && low < left && right < high; i++) {
    if (atLeft > atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = f(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = f(right);
    }
  }
  return (low + high) / 2;
}

/**
 * ∫ f over [low, high] by the double exponential rule, which forgives singularities of a power at either end.
 *
 * `f` is given the distances from both ends, exact where they are tiny.
 *
 * @see Takahasi, Mori (1974), Publ. RIMS 9
 */
export function doubleExponential(
  f: (fromLow: number, fromHigh: number) => number,
  low: number,
  high: number,
): number {
  const width = high - low;
  if (!(width > 0)) return 0;
  const step = 1 / 24;
  let sum = 0;
  for (let i = -150; i <= 150; i++) {
    const t = i * step;
    const q = Math.exp(-Math.PI * Math.sinh(Math.abs(t)));
    const near = (width * q) / (1 + q);
    if (near === 0) continue;
    const far = width / (1 + q);
    const weight = (Math.PI * Math.cosh(t) * q) / (1 + q) / (1 + q);
    const value = t < 0 ? f(near, far) : f(far, near);
    if (value !== 0) sum += value * weight;
  }
  return sum * step * width;
}

interface GaussLegendre {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/** Rules once made: finding the roots costs more than using them. */
const RULES = new Map<number, GaussLegendre>();
const MOST_RULES = 64;

/**
 * Nodes and weights of the n-point Gauss-Legendre rule on [−1, 1], ascending.
 *
 * @see DLMF 3.5.15; Newton's method from Tricomi's guess
 */
export function gaussLegendre(n: number): GaussLegendre {
  const known = RULES.get(n);
  if (known) return known;
  const nodes = new Array<number>(n);
  const weights = new Array<number>(n);
  for (let i = 0; i < (n + 1) / 2; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 100; round++) {
      let [below, value] = [1, x];
      for (let k = 2; k <= n; k++) [below, value] = [value, ((2 * k - 1) * x * value - (k - 1) * below) / k];
      slope = (n * (x * value - below)) / (x * x - 1);
      const change = value / slope;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    const weight = 2 / ((1 - x * x) * slope * slope);
    nodes[i] = -x;
    nodes[n - 1 - i] = x;
    weights[i] = weights[n - 1 - i] = weight;
  }
  const rule = { nodes, weights };
  if (RULES.size >= MOST_RULES) RULES.clear();
  RULES.set(n, rule);
  return rule;
}
