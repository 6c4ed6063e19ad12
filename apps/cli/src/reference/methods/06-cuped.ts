import * as stats from '@app/stats';
import type { Input } from './method.js';

interface Sums {
  n: number;
  sumY: number;
  sumYY: number;
  sumX: number;
  sumXX: number;
  sumXY: number;
}

/** CUPED for means and ratios, analysis of covariance and Lin's regression, file 06. */
export function cuped(input: Input): unknown {
  const { kind, alpha } = input as { kind: string; alpha: number };
  if (kind === 'ratio') return ratio(input, alpha);
  if (kind !== 'mean') return undefined;
  const raw = rawArms(input);
  const adjusted = stats.compareCuped(armOf(input, 'control', 1), armOf(input, 'treatment', 2), alpha);
  const pair = (name: keyof stats.CupedArm) => adjusted && [adjusted.control[name], adjusted.treatment[name]];
  const relative = adjusted?.relative;
  return {
    cupedPooled: adjusted && {
      theta: adjusted.theta,
      mean: pair('mean'),
      adjustedMean: pair('adjustedMean'),
      adjustedMeanCentred: pair('adjustedMeanCentred'),
      unitVariance: pair('unitVariance'),
      difference: adjusted.difference,
      ...figures(adjusted.test),
      varianceReduction: adjusted.varianceReduction,
    },
    relative: relative ? { lift: relative.lift, ...figures(relative.test) } : null,
    ancova: raw && stats.ancova(...raw),
    lin: raw && stats.linRegression(...raw),
  };
}

interface RatioArm {
  mPost: number[];
  dPost: number[];
  mPre: number[];
  dPre: number[];
}

function ratio(input: Input, alpha: number): unknown {
  const { control, treatment } = input as { control: RatioArm; treatment: RatioArm };
  const moments = ({ mPost, dPost, mPre, dPre }: RatioArm) =>
    stats.vectorMomentsOf([mPost, dPost, mPre, dPre]);
  const adjusted = stats.compareCupedRatios(moments(control), moments(treatment), alpha);
  if (!adjusted) return { absolute: null, relative: null };
  const { absolute, relative } = adjusted;
  return {
    ...adjusted,
    df: absolute.test.df,
    absolute: { estimate: absolute.estimate, ...figures(absolute.test) },
    relative: relative && { estimate: relative.estimate, ...figures(relative.test) },
  };
}

const figures = (test: stats.TwoMeansTest) => ({ ...test, p: test.pTwoSided });

function rawArms(input: Input): [stats.CovariateArm, stats.CovariateArm] | null {
  const { y1, x1, y2, x2 } = input as Record<string, number[]>;
  return y1 && x1 && y2 && x2
    ? [
        { y: y1, x: x1 },
        { y: y2, x: x2 },
      ]
    : null;
}

function armOf(input: Input, name: 'control' | 'treatment', index: 1 | 2): stats.ArmMoments {
  const s = (input as Record<string, Sums | undefined>)[name];
  const raw = input as Record<string, number[]>;
  const { n, x, y, comoment } = s
    ? stats.pairMomentsFromSums({ n: s.n, x: s.sumY, y: s.sumX, xx: s.sumYY, yy: s.sumXX, xy: s.sumXY })
    : stats.pairMomentsOf(raw[`y${index}`]!, raw[`x${index}`]!);
  return { n, ...x, covariate: { ...y, comoment } };
}
