import {
  EMPTY_MOMENTS,
  EMPTY_PAIR_MOMENTS,
  mergeMoments,
  mergePairMoments,
  momentsOf,
  pairMomentsOf,
  type Moments,
  type PairMoments,
} from '../accumulators/index.js';

/**
 * What prediction-powered inference needs to know of one arm: units a judge scored and people labelled, and units only
 * the judge scored. No unit may be in both.
 */
export interface JudgedMoments {
  /** x is the judge's score, y the human label. */
  readonly labelled: PairMoments;
  /** Scores of the units without a label. */
  readonly unlabelled: Moments;
}

/** The moments of no units: the neutral element of `mergeJudgedMoments`. */
export const EMPTY_JUDGED_MOMENTS: JudgedMoments = {
  labelled: EMPTY_PAIR_MOMENTS,
  unlabelled: EMPTY_MOMENTS,
};

/**
 * Moments of raw scores and labels, one per unit, in the units of the metric.
 *
 * @param scores of the labelled units; @param labels theirs, in the same order; @param unlabelledScores of all others
 * @throws StatsError `STATS_SHAPE` not as many labels as scores, `STATS_DOMAIN` a value not finite or squares overflow
 */
export function judgedMomentsOf(
  scores: readonly number[],
  labels: readonly number[],
  unlabelledScores: readonly number[],
): JudgedMoments {
  return { labelled: pairMomentsOf(scores, labels), unlabelled: momentsOf(unlabelledScores) };
}

/** Moments of two disjoint sets of units of one arm together; commutative, and associative to rounding. */
export function mergeJudgedMoments(a: JudgedMoments, b: JudgedMoments): JudgedMoments {
  return {
    labelled: mergePairMoments(a.labelled, b.labelled),
    unlabelled: mergeMoments(a.unlabelled, b.unlabelled),
  };
}
