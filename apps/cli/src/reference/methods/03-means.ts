import * as stats from '@app/stats';
import type { Input } from './method.js';

/** Welch, Student and z with non-inferiority and equivalence, file 03. */
export function means(input: Input): unknown {
  const { alpha, margin, equivalence } = input as {
    alpha: number;
    margin: number;
    equivalence: [number, number];
  };
  const [control, treatment] = bothArms(input);
  const difference = treatment.mean - control.mean;
  const block = (method: stats.MeansMethod) => {
    const test = stats.compareMeans(control, treatment, alpha, method);
    if (!test) return null;
    const { se, df } = test;
    return {
      ...test,
      nonInferiority: stats.nonInferiority(difference, se, df, margin),
      nonInferioritySmallerIsBetter: stats.nonInferioritySmallerIsBetter(difference, se, df, margin),
      tost: stats.tost(difference, se, df, equivalence),
    };
  };
  return {
    mean1: control.mean,
    mean2: treatment.mean,
    var1: stats.sampleVariance(control),
    var2: stats.sampleVariance(treatment),
    difference,
    welch: block('welch'),
    student: block('student'),
    z: block('z'),
  };
}

/** Moments of both arms from raw values, from n, mean and variance, or from n and sums. */
export function bothArms(input: Input): [stats.Moments, stats.Moments] {
  const raw = input as { a?: number[]; b?: number[] };
  if (raw.a && raw.b) return [stats.momentsOf(raw.a), stats.momentsOf(raw.b)];
  const given = input as Record<string, number>;
  const arm = (i: 1 | 2): stats.Moments => {
    const n = given[`n${i}`]!;
    const sum = given[`sum${i}`];
    if (sum !== undefined) return stats.momentsFromSums(n, sum, given[`sumSquares${i}`]!);
    return { n, mean: given[`mean${i}`]!, m2: given[`var${i}`]! * (n - 1) };
  };
  return [arm(1), arm(2)];
}
