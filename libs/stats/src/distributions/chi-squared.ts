import { gammaCdf, gammaIsf, gammaLogCdf, gammaLogSf, gammaQuantile, gammaSf } from './gamma.js';
import { normalSf } from './normal.js';

/** P(X ≤ x) of χ² with df > 0 degrees of freedom. */
export const chiSquaredCdf = (x: number, df: number): number => gammaCdf(x, df / 2, 2);

/** P(X > x) of χ² with df > 0 degrees of freedom; with one degree it is the square of a normal. */
export const chiSquaredSf = (x: number, df: number): number =>
  df === 1 && x > 0 ? 2 * normalSf(Math.sqrt(x)) : gammaSf(x, df / 2, 2);

/** ln P(X ≤ x) of χ² with df > 0 degrees of freedom. */
export const chiSquaredLogCdf = (x: number, df: number): number => gammaLogCdf(x, df / 2, 2);

/** ln P(X > x) of χ² with df > 0 degrees of freedom. */
export const chiSquaredLogSf = (x: number, df: number): number => gammaLogSf(x, df / 2, 2);

/** The x with P(X ≤ x) = p of χ² with df > 0 degrees of freedom. */
export const chiSquaredQuantile = (p: number, df: number): number => gammaQuantile(p, df / 2, 2);

/** The x with P(X > x) = q of χ² with df > 0 degrees of freedom. */
export const chiSquaredIsf = (q: number, df: number): number => gammaIsf(q, df / 2, 2);
