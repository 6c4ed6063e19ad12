import { beta } from './continuous.js';
import type { Random } from './random.js';

/** Failures before the first success: 0, 1, 2 … with mean (1 − p)/p. */
export function geometric(random: Random, p: number): number {
  return Math.floor(Math.log(random.uniform52()) / Math.log1p(-p));
}

/**
 * Successes of n independent trials, exact for every n: the trials are n uniforms, of which the middle order statistic is
 * Beta distributed, which halves the question until it is short enough to count.
 *
 * @see Relles (1972), A simple algorithm for generating binomial random variables when N is large, JASA 67
 */
export function binomial(random: Random, n: number, p: number): number {
  let successes = 0;
  let left = n;
  let q = p;
  while (left > 40) {
    const i = (left >> 1) + 1;
    const middle = beta(random, i, left + 1 - i);
    if (middle <= q) {
      // The i smallest are below q; ask on among those above the middle.
      successes += i;
      q = (q - middle) / (1 - middle);
      left -= i;
    } else {
      q /= middle;
      left = i - 1;
    }
  }
  for (let i = 0; i < left; i++) if (random.uniform52() < q) successes++;
  return successes;
}

/** How many of n fall into each category; the probabilities sum to 1. */
export function multinomial(random: Random, n: number, probabilities: readonly number[]): number[] {
  let left = n;
  let mass = 1;
  return probabilities.map((p, i) => {
    if (i === probabilities.length - 1) return left;
    const count = mass > 0 ? binomial(random, left, Math.min(1, p / mass)) : 0;
    left -= count;
    mass -= p;
    return count;
  });
}

/** Draws 1, 2, … k with the given probabilities, which sum to 1. */
export function ordinal(probabilities: readonly number[]): (random: Random) => number {
  const edges: number[] = [];
  probabilities.reduce((sum, p) => {
    edges.push(sum + p);
    return sum + p;
  }, 0);
  return (random) => {
    const u = random.uniform();
    let category = 0;
    while (category < edges.length - 1 && u >= edges[category]!) category++;
    return category + 1;
  };
}
