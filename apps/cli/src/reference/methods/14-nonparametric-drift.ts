import * as stats from '@app/stats';
import type { Input } from './method.js';

const KINDS: Readonly<Record<string, (input: Input) => unknown>> = {
  mannWhitney(input) {
    const { a, b } = input as { a: number[]; b: number[] };
    return stats.mannWhitney(a, b);
  },
  ks(input) {
    const { a, b } = input as { a: number[]; b: number[] };
    return stats.kolmogorovSmirnov(a, b);
  },
  psi(input) {
    const { reference, current, epsilon } = input as {
      reference: number[];
      current: number[];
      epsilon: number;
    };
    return stats.populationStability(reference, current, epsilon);
  },
  cusumPath(input) {
    const { x, ...chart } = input as { x: number[]; mu0: number; sigma: number; k: number; h: number };
    return stats.cusumPath(x, chart);
  },
  pageHinkleyPath(input) {
    const { x, delta, lambda_: lambda } = input as { x: number[]; delta: number; lambda_: number };
    return stats.pageHinkleyPath(x, { delta, lambda });
  },
  cusumArl(input) {
    const { k, h, mu, sided } = input as { k: number; h: number; mu: number; sided: 'one' | 'two' };
    return {
      arl: stats.cusumRunLength(k, h, mu, sided),
      arlSiegmundOneSided: stats.cusumRunLengthSiegmund(k, h, mu),
    };
  },
  ewmaArl(input) {
    const { lambda_: lambda, c, mu } = input as { lambda_: number; c: number; mu: number };
    return { arl: stats.ewmaRunLength(lambda, c, mu) };
  },
};

/** Rank and distribution tests, stability index and control charts, file 14. */
export function nonparametricDrift(input: Input): unknown {
  return KINDS[(input as { kind: string }).kind]?.(input);
}
