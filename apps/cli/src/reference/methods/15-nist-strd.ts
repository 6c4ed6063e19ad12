import * as stats from '@app/stats';
import type { Input } from './method.js';

type Data = number[] | { rule: string; first: number; a: number; b: number; n: number };

/** NIST's certified values: means and deviations, merges, one-way analysis of variance, file 15. */
export function nistStrd(input: Input): unknown {
  const { kind } = input as { kind: string };
  if (kind === 'univariate') return meanAndSd(stats.momentsOf(valuesOf((input as { data: Data }).data)));
  if (kind === 'merge') {
    const { data, chunks } = input as { data: Data; chunks: number[] };
    const values = valuesOf(data);
    let at = 0;
    const parts = chunks.map((size) => stats.momentsOf(values.slice(at, (at += size))));
    return meanAndSd(parts.reduce(stats.mergeMoments));
  }
  return kind === 'anova'
    ? stats.oneWayAnova((input as { groups: number[][] }).groups.map(stats.momentsOf))
    : undefined;
}

function meanAndSd(moments: stats.Moments): { mean: number; sd: number | null } {
  const variance = stats.sampleVariance(moments);
  return { mean: moments.mean, sd: variance === null ? null : Math.sqrt(variance) };
}

function valuesOf(data: Data): number[] {
  if (Array.isArray(data)) return data;
  return Array.from({ length: data.n }, (_, i) => (i === 0 ? data.first : i % 2 === 1 ? data.a : data.b));
}
