import type { MeanPosterior } from '../bayesian/normal-inverse-gamma.js';
import { studentTCdf, studentTSf } from '../distributions/student-t.js';
import { logBeta } from '../special/index.js';
import { gaussLegendre } from '../special/quadrature.js';
import { inRange, requireDomain, requireFinite, requirePositive, StatsError } from '../stats-error.js';

/** One node of the quadrature over a mean's line: its weight, and cdf, sf and density of every arm there. */
interface Node {
  readonly weight: number;
  readonly cdf: readonly number[];
  readonly sf: readonly number[];
  readonly pdf: readonly number[];
}

/**
 * P(arm i has the largest mean) for independent posteriors of means with unknown variance, by quadrature: no sampling.
 *
 * @param arms from `meanPosterior`, in the unit of the rewards; 2 ≤ df (a prior with a0 ≥ 1 has that)
 * @returns one probability per arm; they sum to 1 within 10⁻⁸
 * @throws StatsError `STATS_SHAPE` no arm; `STATS_DOMAIN` a mean not finite, a scale not positive, df outside [2, 10¹⁵],
 *   means more than 10¹² of the narrowest scale apart
 */
export function probBestOfMeans(arms: readonly MeanPosterior[]): number[] {
  const best = arms.map(() => 0);
  overMeans(arms, ({ weight, cdf, pdf }) =>
    arms.forEach((_, i) => {
      best[i]! += weight * pdf[i]! * cdf.reduce((all, p, j) => (j === i ? all : all * p), 1);
    }),
  );
  return arms.length === 1 ? [1] : best.map((p) => Math.min(1, p));
}

/**
 * What choosing arm i is expected to lose against the best, E max θ − E θ_i = ∫ F_i (1 − Π_{j≠i} F_j), per arm and in the
 * unit of the rewards; conditions and errors as `probBestOfMeans`.
 */
export function expectedLossesOfMeans(arms: readonly MeanPosterior[]): number[] {
  const losses = arms.map(() => 0);
  overMeans(arms, ({ weight, cdf, sf }) =>
    arms.forEach((_, i) => {
      losses[i]! += weight * cdf[i]! * someAbove(cdf, sf, i);
    }),
  );
  return losses.map((loss) => inRange(loss * widest(arms), 'expected loss'));
}

/** 1 − Π_{j≠i} F_j as a sum of what is positive: 1 − F cancels where F is near 1. */
function someAbove(cdf: readonly number[], sf: readonly number[], i: number): number {
  let [above, below] = [0, 1];
  cdf.forEach((p, j) => {
    if (j === i) return;
    above += below * sf[j]!;
    below *= p;
  });
  return above;
}

const POINTS = 16;

function overMeans(arms: readonly MeanPosterior[], visit: (node: Node) => void): void {
  if (arms.length === 0) throw new StatsError('STATS_SHAPE', 'no arm');
  for (const { mean, df, scale } of arms) {
    requireFinite(mean, 'mean');
    requirePositive(scale, 'scale');
    requireDomain(df >= 2 && df <= 1e15, 'df', df, 'in [2, 1e15]');
  }
  const standard = standardised(arms);
  const { nodes, weights } = gaussLegendre(POINTS);
  const cuts = standard.flatMap(cutsAround).sort((a, b) => a - b);
  for (let c = 1; c < cuts.length; c++) {
    const half = (cuts[c]! - cuts[c - 1]!) / 2;
    if (!(half > 0)) continue;
    nodes.forEach((node, i) => {
      const x = cuts[c - 1]! + half * (1 + node);
      const at = standard.map(({ mean, df, scale }) => ({ t: (x - mean) / scale, df, scale }));
      visit({
        weight: half * weights[i]!,
        cdf: at.map(({ t, df }) => studentTCdf(t, df)),
        sf: at.map(({ t, df }) => studentTSf(t, df)),
        pdf: at.map(({ t, df, scale }) => density(t, df) / scale),
      });
    });
  }
}

/** The arms around the first one's mean, in units of the widest scale. */
function standardised(arms: readonly MeanPosterior[]): MeanPosterior[] {
  const origin = arms[0]!.mean;
  const unit = widest(arms);
  return arms.map(({ mean, df, scale }) => {
    const gap = (mean - origin) / unit;
    const narrow = Math.min(...arms.map((arm) => arm.scale / unit));
    // Beyond, doubles have no place for the narrowest arm beside the others.
    requireDomain(Math.abs(gap) <= 1e12 * narrow, 'mean', mean, 'within 1e12 scales of the others');
    requireDomain(scale / unit >= 1e-150, 'scale', scale, 'above 1e-150 of the widest');
    return { mean: gap, df, scale: scale / unit };
  });
}

const widest = (arms: readonly MeanPosterior[]): number => Math.max(...arms.map(({ scale }) => scale));

/** Where an arm bends: near its centre, and outwards in a geometric row until its tail holds no more mean. */
function cutsAround({ mean: centre, df, scale }: MeanPosterior): number[] {
  const last = df > 200 ? 12 : Math.sqrt(df) * Math.exp(28 / (df - 1));
  const steps = [0, 0.8, 1.6, 2.5, 3.5, 5, 7];
  for (let step = 10; step < last * 2; step *= 1.8) steps.push(step);
  return steps.flatMap((step) => (step === 0 ? [centre] : [centre - step * scale, centre + step * scale]));
}

const density = (t: number, df: number): number =>
  Math.exp(-logBeta(df / 2, 0.5) - 0.5 * Math.log(df) - ((df + 1) / 2) * Math.log1p((t * t) / df));
