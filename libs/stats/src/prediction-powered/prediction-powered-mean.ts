import { mergeMoments, mergePairMoments, EMPTY_PAIR_MOMENTS } from '../accumulators/index.js';
import { requireMoments } from '../accumulators/require-moments.js';
import type { AlwaysValidPoint } from '../sequential/asymptotic-cs.js';
import { inRange, requireFinite } from '../stats-error.js';
import type { JudgedMoments } from './judged-moments.js';

/** A mean of human labels, sharpened by a judge's scores. */
export interface PredictionPoweredMean extends AlwaysValidPoint {
  /** Labelled units: what the error falls with, and what an nStar of a sequence counts. */
  readonly n: number;
  /** Units with a score only. */
  readonly unlabelled: number;
  /** How far the scores are believed: 0 not at all. Has the unit labels per score. */
  readonly lambda: number;
  /** The mean of the labels alone. */
  readonly classical: { readonly estimate: number; readonly se: number };
  /** 1 − se²/classical se²; null where the labels do not vary. Negative only for a lambda that was given. */
  readonly varianceReduction: number | null;
}

/** Whether lambda is tuned to the data, or given. */
export interface PredictionPoweredOptions {
  /** Default: tuned. Give the 1 of plain prediction-powered inference, or one fixed beforehand. */
  readonly lambda?: number;
}

/**
 * The mean of the labels that people would give to all units, by power-tuned prediction-powered inference (PPI++):
 * ȳ + λ (f̄ unlabelled − f̄ labelled), with variance var(y − λ f)/n + λ² var(f)/N.
 *
 * Assumes that the labelled units are a random sample of all units of the arm (labels drawn by chance, never asked for
 * where the judge was unsure), independent units, and a judge that was not fitted to these labels. The judge may be as
 * biased and as badly scaled as it likes. Tuned, λ = cov(y, f) / ((1 + n/N) var(f)) with var(f) over all units; where
 * that would leave a larger error than the labels alone (a useless judge, by chance) λ is 0. λ is not cut to [0, 1]: a
 * score on another scale has another best λ. Normal approximation: from about 50 labels on. The tuned λ changes nothing
 * to first order, so the result goes into an asymptotic confidence sequence as it is (share of labels about constant).
 *
 * @returns null when undefined: fewer than two labelled units
 * @throws StatsError `STATS_DOMAIN` a count or M2 negative, a figure or lambda not finite, variances beyond doubles
 * @see Angelopoulos, Duchi, Zrnic (2023), PPI++: Efficient prediction-powered inference, arXiv:2311.01453
 */
export function predictionPoweredMean(
  moments: JudgedMoments,
  options: PredictionPoweredOptions = {},
): PredictionPoweredMean | null {
  const { labelled, unlabelled } = moments;
  mergePairMoments(labelled, EMPTY_PAIR_MOMENTS);
  requireMoments(unlabelled);
  if (options.lambda !== undefined) requireFinite(options.lambda, 'lambda');
  const n = labelled.n;
  if (n < 2) return null;
  const classicalVariance = labelled.y.m2 / (n - 1) / n;
  const chosen = unlabelled.n < 2 ? 0 : (options.lambda ?? tunedLambda(moments));
  const tried = varianceAt(moments, chosen);
  const keep = options.lambda !== undefined || tried <= classicalVariance;
  const lambda = keep ? chosen : 0;
  const variance = inRange(keep ? tried : classicalVariance, 'variance');
  const shift = lambda === 0 ? 0 : lambda * (unlabelled.mean - labelled.x.mean);
  return {
    estimate: inRange(labelled.y.mean + shift, 'estimate'),
    se: Math.sqrt(variance),
    n,
    unlabelled: unlabelled.n,
    lambda,
    classical: { estimate: labelled.y.mean, se: Math.sqrt(classicalVariance) },
    varianceReduction: classicalVariance > 0 ? inRange(1 - variance / classicalVariance, 'reduction') : null,
  };
}

/** The plug-in of the λ that makes the variance smallest; 0 where the scores do not vary. */
function tunedLambda({ labelled, unlabelled }: JudgedMoments): number {
  const { n } = labelled;
  const scores = mergeMoments({ n, ...labelled.x }, unlabelled);
  const variance = scores.m2 / (scores.n - 1);
  const lambda = labelled.comoment / (n - 1) / (1 + n / unlabelled.n) / variance;
  return Number.isFinite(lambda) ? lambda : 0;
}

/** var(y − λ f)/n + λ² var(f)/N; Infinity where it is beyond doubles. */
function varianceAt({ labelled, unlabelled }: JudgedMoments, lambda: number): number {
  const { n, x, y, comoment } = labelled;
  if (lambda === 0) return y.m2 / (n - 1) / n;
  const residual = y.m2 - 2 * lambda * comoment + lambda * (lambda * x.m2);
  const scores = (lambda * (lambda * unlabelled.m2)) / (unlabelled.n - 1) / unlabelled.n;
  const variance = Math.max(0, residual) / (n - 1) / n + scores;
  return Number.isNaN(variance) ? Infinity : variance;
}
