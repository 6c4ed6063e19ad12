import { Random } from './random.js';

/**
 * The generator of one replicate of one row: a function of (seed, row, replicate) and of nothing else.
 *
 * So replicates may be shared out over threads in any way and give the same numbers, and a single one can be repeated.
 *
 * @param seed whole number ≥ 0; its low 32 and next 21 bits count
 * @param row name of the row, with its bar
 * @param replicate number of the replicate, from 0
 */
export function streamOf(seed: number, row: string, replicate: number): Random {
  let key = mix(seed >>> 0) ^ mix(Math.floor(seed / 4294967296) + 0x51ed270b);
  for (let i = 0; i < row.length; i++) key = mix(key ^ row.charCodeAt(i));
  const first = mix(key ^ mix(replicate + 0x2545f491));
  const word = (i: number): number =>
    mix(first + Math.imul(i, 0x9e3779b9)) ^ mix(key + Math.imul(replicate, 0x85ebca6b) + i);
  return new Random([word(1), word(2), word(3), word(4)]);
}

/** Another seed, for a run that is to be repeated independently. */
export function nextSeed(seed: number): number {
  return (mix((seed >>> 0) ^ 0x5bd1e995) >>> 0) + 1;
}

/** A bijection of 32-bit words in which every input bit reaches every output bit (Prospecting for Hash Functions, C. Wellons). */
function mix(word: number): number {
  let x = (word + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
