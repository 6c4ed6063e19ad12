import { normal } from './normal.js';
import type { Random } from './random.js';

/** Exponential with mean 1. */
export function exponential(random: Random): number {
  return -Math.log(random.uniform52());
}

/** exp(mu + sigma Z). */
export function logNormal(random: Random, mu: number, sigma: number): number {
  return Math.exp(mu + sigma * normal(random));
}

/**
 * Gamma with shape > 0 and scale 1.
 *
 * @see Marsaglia, Tsang (2000), A simple method for generating gamma variables, ACM TOMS 26
 */
export function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * random.uniform52() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = random.uniform52();
    // Below the curve of the logs wherever it is true: the same draws, mostly without a logarithm.
    if (u < 1 - 0.0331 * x * x * x * x) return d * v;
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Beta with shapes a, b > 0. */
export function beta(random: Random, a: number, b: number): number {
  const x = gamma(random, a);
  return x / (x + gamma(random, b));
}

/** Zero with probability `zeros`, else as `positive` draws. */
export function zeroInflated(random: Random, zeros: number, positive: (random: Random) => number): number {
  return random.uniform() < zeros ? 0 : positive(random);
}

/**
 * k standard normals of which every two correlate by rho ≥ 0, into `out`: one factor that all share and one of their own.
 */
export function equicorrelated(random: Random, rho: number, out: Float64Array): Float64Array {
  const shared = Math.sqrt(rho) * normal(random);
  const own = Math.sqrt(1 - rho);
  for (let i = 0; i < out.length; i++) out[i] = shared + own * normal(random);
  return out;
}

/** Normals with a covariance matrix, through its Cholesky factor (see `choleskyOf`). */
export function correlatedNormals(
  random: Random,
  factor: ReadonlyArray<readonly number[]>,
  out: Float64Array,
): Float64Array {
  const z = factor.map(() => normal(random));
  factor.forEach((row, i) => {
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += row[j]! * z[j]!;
    out[i] = sum;
  });
  return out;
}

/** Lower-triangular L with L Lᵀ = the given positive definite matrix. */
export function choleskyOf(covariance: ReadonlyArray<readonly number[]>): number[][] {
  const factor: number[][] = [];
  covariance.forEach((row, i) => {
    factor.push([]);
    for (let j = 0; j <= i; j++) {
      let sum = row[j]!;
      for (let k = 0; k < j; k++) sum -= factor[i]![k]! * factor[j]![k]!;
      factor[i]!.push(i === j ? Math.sqrt(sum) : sum / factor[j]![j]!);
    }
  });
  return factor;
}
