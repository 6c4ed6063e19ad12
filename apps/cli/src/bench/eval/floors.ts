import { experiments, type WorkUnits } from './workload.js';
import type { Evaluator } from './evaluator.js';

/**
 * MurmurHash3 x86-32 of seed and an ASCII text, four characters at a time; written here, because the floor must not get
 * faster or slower with the library.
 */
export function bareMurmur3(text: string, seed: number): number {
  const length = text.length;
  const whole = length & ~3;
  let h = seed;
  for (let i = 0; i < whole; i += 4) {
    let k =
      text.charCodeAt(i) |
      (text.charCodeAt(i + 1) << 8) |
      (text.charCodeAt(i + 2) << 16) |
      (text.charCodeAt(i + 3) << 24);
    k = Math.imul(k, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i -= 1) tail = (tail << 8) | text.charCodeAt(i);
  if (whole < length) {
    tail = Math.imul(tail, 0xcc9e2d51);
    h ^= Math.imul((tail << 15) | (tail >>> 17), 0x1b873593);
  }
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Nothing but the hash of an id. */
export function murmurFloor(units: WorkUnits): Evaluator {
  return {
    name: 'a bare murmur3',
    run: (calls, from) => {
      let sum = 0;
      for (let n = 0; n < calls; n += 1) {
        sum += bareMurmur3(units.ids[(from + n) % units.ids.length]!, n) & 1;
      }
      return sum;
    },
  };
}

/** The least that assigns: one hash with a seed per experiment, and a look for the boundary. No audience, no share. */
export function leastEvaluator(units: WorkUnits): Evaluator {
  const prepared = experiments.map(({ key, arms }) => {
    let sum = 0;
    const ends = arms.map((arm) => (sum += arm.weight) * (2 ** 32 / 1000));
    return { seed: bareMurmur3(key, 0), ends, arms: arms.map((arm) => arm.key) };
  });
  const assign = (experiment: number, unit: string): string => {
    const { seed, ends, arms } = prepared[experiment]!;
    const position = bareMurmur3(unit, seed);
    let arm = 0;
    while (position >= ends[arm]!) arm += 1;
    return arms[arm]!;
  };
  return {
    name: 'the least evaluator',
    run: (calls, from) => {
      let assigned = 0;
      for (let n = 0; n < calls; n += 1) {
        const at = from + n;
        if (assign(at % experiments.length, units.ids[at % units.ids.length]!) !== 'control') assigned += 1;
      }
      return assigned;
    },
  };
}
