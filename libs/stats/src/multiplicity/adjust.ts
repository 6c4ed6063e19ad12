import { requireAlpha, requireProbability } from '../stats-error.js';

export type AdjustMethod =
  'bonferroni' | 'sidak' | 'holm' | 'holmSidak' | 'hochberg' | 'hommel' | 'bh' | 'by';

type Adjust = (sorted: readonly number[]) => number[];

const cumulativeMax = (values: number[]): number[] => {
  let high = 0;
  return values.map((value) => (high = Math.max(high, value)));
};

const cumulativeMinFromEnd = (values: number[]): number[] => {
  let low = Infinity;
  return values.reduceRight<number[]>((rest, value) => [(low = Math.min(low, value)), ...rest], []);
};

const sidakOf = (p: number, m: number): number => (p >= 1 ? 1 : -Math.expm1(m * Math.log1p(-p)));

function hommel(p: readonly number[]): number[] {
  const m = p.length;
  let adjusted = p.map(() => Math.min(...p.map((value, i) => (m * value) / (i + 1))));
  const best = [...adjusted];
  for (let j = m - 1; j >= 2; j--) {
    const head = p.slice(0, m - j + 1);
    const tail = p.slice(m - j + 1);
    const q = Math.min(...tail.map((value, i) => (j * value) / (2 + i)));
    adjusted = [...head.map((value) => Math.min(j * value, q)), ...tail.map(() => 0)];
    for (let i = m - j + 1; i < m; i++) adjusted[i] = adjusted[m - j]!;
    for (let i = 0; i < m; i++) best[i] = Math.max(best[i]!, adjusted[i]!);
  }
  return best.map((value, i) => Math.max(value, p[i]!));
}

/** Each takes ascending p-values and gives adjusted ones in the same order, before clipping at 1. */
const METHODS: Record<AdjustMethod, Adjust> = {
  bonferroni: (p) => p.map((value) => p.length * value),
  sidak: (p) => p.map((value) => sidakOf(value, p.length)),
  holm: (p) => cumulativeMax(p.map((value, i) => (p.length - i) * value)),
  holmSidak: (p) => cumulativeMax(p.map((value, i) => sidakOf(value, p.length - i))),
  hochberg: (p) => cumulativeMinFromEnd(p.map((value, i) => (p.length - i) * value)),
  hommel,
  bh: (p) => cumulativeMinFromEnd(p.map((value, i) => (p.length / (i + 1)) * value)),
  by: (p) => {
    const harmonic = p.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
    return cumulativeMinFromEnd(p.map((value, i) => ((harmonic * p.length) / (i + 1)) * value));
  },
};

/**
 * Adjusted p-values in the order given, each in [0, 1]: reject at alpha those ≤ alpha.
 *
 * Holm, Bonferroni and Hommel (under independence or positive dependence, like Hochberg and BH) control the family-wise
 * error, BH and BY the false discovery rate. Always-valid p-values go through unchanged.
 *
 * @see Holm (1979); Hommel (1988); Benjamini, Hochberg (1995); Benjamini, Yekutieli (2001); R's p.adjust
 */
export function adjustPValues(p: readonly number[], method: AdjustMethod): number[] {
  p.forEach((value) => requireProbability(value));
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]! || a - b);
  const adjusted = METHODS[method](order.map((i) => p[i]!));
  const result = new Array<number>(p.length);
  order.forEach((index, rank) => (result[index] = Math.min(1, Math.max(0, adjusted[rank]!))));
  return result;
}

/** Outcome of Holm's procedure for one hypothesis. */
export interface HolmStep {
  readonly adjustedP: number;
  readonly rejected: boolean;
  /** Level of the step at which the hypothesis was rejected or, if not, at which the procedure stopped. */
  readonly level: number;
}

/**
 * Holm's step-down procedure with the level of each hypothesis' step.
 *
 * An interval at that level leaves the null out exactly when the hypothesis is rejected, so a person never sees a
 * significant effect beside an interval that contains zero.
 */
export function holmSteps(p: readonly number[], alpha: number): HolmStep[] {
  requireAlpha(alpha);
  for (const value of p) requireProbability(value);
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]! || a - b);
  let rejections = 0;
  while (rejections < p.length && p[order[rejections]!]! <= alpha / (p.length - rejections)) rejections++;
  const stopLevel = alpha / Math.max(1, p.length - rejections);
  const steps = new Array<HolmStep>(p.length);
  let adjustedP = 0;
  for (let rank = 0; rank < p.length; rank++) {
    const index = order[rank]!;
    adjustedP = Math.min(1, Math.max(adjustedP, (p.length - rank) * p[index]!));
    const rejected = rank < rejections;
    steps[index] = { adjustedP, rejected, level: rejected ? alpha / (p.length - rank) : stopLevel };
  }
  return steps;
}
