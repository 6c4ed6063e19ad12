import * as stats from '@app/stats';
import type { Input } from './method.js';

interface Look {
  readonly v: number;
  readonly s: number;
  readonly alpha: number;
}

interface Values {
  readonly x: number[];
  readonly alpha: number;
}

/** Uniform boundaries, bounded means, quantiles and regressions of file 09. */
export const BOUNDARIES: Readonly<Record<string, (input: Input) => unknown>> = {
  normalMixture(input) {
    const { v, s, alpha, ...tuning } = input as unknown as Look & stats.SidedTuning;
    return {
      bound: stats.normalMixtureBound(v, alpha, tuning),
      logMixture: stats.normalLogMixture(s, v, tuning),
    };
  },
  gammaExponential(input) {
    const { v, s, alpha, ...tuning } = input as unknown as Look & stats.MixtureTuning & { c: number };
    return {
      bound: stats.gammaExponentialBound(v, alpha, tuning),
      logMixture: stats.gammaExponentialLogMixture(s, v, tuning),
    };
  },
  betaBinomial(input) {
    const { v, s, alpha, ...tuning } = input as unknown as Look & stats.BoundedTuning;
    return {
      bound: stats.betaBinomialBound(v, alpha, tuning),
      logMixture: stats.betaBinomialLogMixture(s, v, tuning),
    };
  },
  stitching(input) {
    const { v, alpha, ...shape } = input as unknown as {
      v: number;
      alpha: number;
      vMin: number;
      c: number;
      s: number;
      eta: number;
    };
    return { bound: stats.stitchingBound(v, alpha, shape) };
  },
  predmixEmpBern(input) {
    const { x, alpha, truncation } = input as unknown as Values & { truncation?: number };
    return stats.empiricalBernsteinPath(x, alpha, truncation);
  },
  conjmixEmpBern(input) {
    const { x, alpha, vOpt } = input as unknown as Values & { vOpt: number };
    return { lower: stats.mixtureEmpiricalBernsteinLower(x, alpha, vOpt) };
  },
  bettingMart(input) {
    const { x, m, alpha, ...options } = input as unknown as Values & { m: number } & stats.BettingOptions;
    return { martingale: stats.bettingMartingale(x, m, alpha, options) };
  },
  bettingCs(input) {
    const { x, alpha, ...options } = input as unknown as Values & stats.BettingOptions;
    return stats.bettingPath(x, alpha, options);
  },
  quantileAb(input) {
    const { a, b, quantile, tOpt, alphaOpt } = input as {
      a: number[];
      b: number[];
      quantile: number;
      tOpt: number;
      alphaOpt: number;
    };
    return { p: stats.quantileAbP(a, b, { nu: quantile, tOpt, alphaOpt }) };
  },
  avlm(input) {
    return stats.anytimeCoefficient(
      input as unknown as { t: number; n: number; coefficients: number; g: number; alpha: number },
    );
  },
};
