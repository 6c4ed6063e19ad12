import { inRange, requireAlpha, requireFinite, requireNotNegative, requirePositive } from '../stats-error.js';

/** One look of the mixture SPRT. */
export interface Msprt {
  /** ln of the e-value: the likelihood ratio mixed over N(θ₀, τ²). */
  readonly logLambda: number;
  /** min(1, e^(−logLambda)) of this look; take the running minimum over looks. */
  readonly p: number;
  readonly ci: readonly [number, number];
}

/**
 * Two-sample mixture sequential probability ratio test of a difference with (estimated) variance V.
 *
 * Assumes a normal estimate with known variance and mixes over N(θ₀, tau2). Null when V is not positive.
 *
 * @see Johari, Koomen, Pekelis, Walsh (2022), Always valid inference, Operations Research 70
 */
export function msprt(input: {
  difference: number;
  variance: number;
  tau2: number;
  theta0?: number;
  alpha: number;
}): Msprt | null {
  const { difference, variance: v, tau2, theta0 = 0, alpha } = input;
  requirePositive(tau2, 'tau2');
  requireAlpha(alpha);
  requireFinite(difference, 'difference');
  requireNotNegative(v, 'variance');
  if (!(v > 0)) return null;
  const d = inRange(difference - theta0, 'difference');
  const spread = Math.log1p(tau2 / v);
  const share = 1 / (1 + v / tau2);
  const logLambda = inRange(-0.5 * spread + 0.5 * share * (d * (d / v)), 'ln Λ');
  const half = Math.sqrt(v) * Math.sqrt((1 + v / tau2) * (spread - 2 * Math.log(alpha)));
  return { logLambda, p: Math.min(1, Math.exp(-logLambda)), ci: [difference - half, difference + half] };
}
