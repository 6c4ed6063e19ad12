import { requireAlpha, requireDomain } from '../stats-error.js';
import { gammaExponentialBound } from './uniform-boundaries.js';

/** Lower and upper ends after each observation. */
export interface SequencePath {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/**
 * Confidence sequence of a [0, 1]-bounded mean: predictable plug-in empirical Bernstein. Exact, no burn-in.
 *
 * Each end at alpha/2; bets are cut at `truncation`. The current sequence, not its running intersection.
 *
 * @throws StatsError `STATS_DOMAIN` an observation outside [0, 1], alpha or truncation outside (0, 1)
 * @see Waudby-Smith, Ramdas (2024), Estimating means of bounded random variables by betting, JRSSB 86, theorem 2
 */
export function empiricalBernsteinPath(x: readonly number[], alpha: number, truncation = 0.5): SequencePath {
  requireBounded(x, alpha);
  requireDomain(truncation > 0 && truncation < 1, 'truncation', truncation, 'in (0, 1)');
  return {
    lower: empiricalBernsteinLower(x, alpha / 2, truncation),
    upper: empiricalBernsteinLower(
      x.map((value) => 1 - value),
      alpha / 2,
      truncation,
    ).map((end) => 1 - end),
  };
}

function empiricalBernsteinLower(x: readonly number[], alpha: number, truncation: number): number[] {
  const bets = predictableBets(x, alpha);
  let [sum, bet, weighted, spent] = [0, 0, 0, -Math.log(alpha)];
  return x.map((value, i) => {
    const mean = i === 0 ? 0 : sum / i;
    const lambda = Math.min(bets[i]!, truncation);
    spent += (value - mean) ** 2 * (-Math.log1p(-lambda) - lambda);
    weighted += lambda * value;
    bet += lambda;
    sum += value;
    return Math.max(0, (weighted - spent) / bet);
  });
}

/**
 * Bets λₜ = √(2 ln(1/alpha) / (t ln(1 + t) σ²ₜ₋₁)) from the values before t; mean and variance start as one observation
 * of ½ and ¼.
 */
export function predictableBets(x: readonly number[], alpha: number): number[] {
  let [sum, squares] = [0.5, 0.25];
  return x.map((value, i) => {
    const t = i + 1;
    const bet = Math.sqrt((-2 * Math.log(alpha)) / (t * Math.log1p(t) * (squares / t)));
    sum += value;
    squares += (value - Math.min(1, sum / (t + 1))) ** 2;
    return bet;
  });
}

/**
 * Lower ends of a mean of values ≥ 0 that vary around ½: gamma-exponential mixture over the empirical variance.
 *
 * Spends alpha/2, as confseq ships its one-sided function: conservative, so that two of them make an interval at alpha.
 *
 * @see Howard, Ramdas, McAuliffe, Sekhon (2021), Annals of Statistics 49
 */
export function mixtureEmpiricalBernsteinLower(x: readonly number[], alpha: number, vOpt: number): number[] {
  requireBounded(x, alpha);
  const tuning = { vOpt, c: 1, alphaOpt: alpha / 2 };
  let [sum, variance] = [0, 0];
  return x.map((value, i) => {
    variance += (value - (i === 0 ? 0.5 : sum / i)) ** 2;
    sum += value;
    return Math.max(0, (sum - gammaExponentialBound(variance, alpha / 2, tuning)) / (i + 1));
  });
}

export function requireBounded(x: readonly number[], alpha: number): void {
  requireAlpha(alpha);
  x.forEach((value) => requireDomain(value >= 0 && value <= 1, 'x', value, 'in [0, 1]'));
}
