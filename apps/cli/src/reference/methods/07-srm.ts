import * as stats from '@app/stats';
import type { Input } from './method.js';

/** Sample-ratio mismatch, fixed and sequential, file 07. */
export function srm(input: Input): unknown {
  const { kind, weights } = input as { kind: string; weights: number[] };
  if (kind === 'fixed') {
    const test = stats.srmFixed((input as { counts: number[] }).counts, weights);
    return test.impossible ? { ...test, statistic: null, df: null } : test;
  }
  if (kind !== 'sequential') return undefined;
  const { cumulativeCounts, priorConcentration } = input as {
    cumulativeCounts: number[][];
    priorConcentration: number;
  };
  let p = 1;
  const path = cumulativeCounts.map((counts) => {
    const logBayesFactor = stats.srmLogE(counts, weights, priorConcentration);
    p = Math.min(p, stats.pFromLogE(logBayesFactor));
    return { logBayesFactor, p };
  });
  return { path };
}
