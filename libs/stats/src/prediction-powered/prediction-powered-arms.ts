import type { AlwaysValidPoint } from '../sequential/asymptotic-cs.js';
import { inRange } from '../stats-error.js';
import type { JudgedMoments } from './judged-moments.js';
import {
  predictionPoweredMean,
  type PredictionPoweredMean,
  type PredictionPoweredOptions,
} from './prediction-powered-mean.js';

/** Two arms compared by their prediction-powered means. */
export interface PredictionPoweredContrast extends AlwaysValidPoint {
  /** Labelled units of both arms. */
  readonly n: number;
  readonly control: PredictionPoweredMean;
  readonly treatment: PredictionPoweredMean;
}

/** A given lambda per arm; tuned where none is. */
export interface PredictionPoweredArmOptions {
  readonly control?: PredictionPoweredOptions;
  readonly treatment?: PredictionPoweredOptions;
}

/**
 * Difference of two arms' means of human labels, treatment − control, each arm with its own λ: a judge that likes one
 * arm's style better than people do is corrected by that arm's labels.
 *
 * Assumes as `predictionPoweredMean`, and independent arms. `{ estimate, se, n }` is what `twoSidedRadius` and
 * `twoSidedLogP` take; their nStar then counts labelled units.
 *
 * @returns null when undefined: an arm with fewer than two labels, or no variance in either arm
 * @throws StatsError `STATS_DOMAIN` as `predictionPoweredMean`
 * @see Angelopoulos, Duchi, Zrnic (2023), arXiv:2311.01453
 */
export function predictionPoweredDifference(
  control: JudgedMoments,
  treatment: JudgedMoments,
  options: PredictionPoweredArmOptions = {},
): PredictionPoweredContrast | null {
  const arms = bothArms(control, treatment, options);
  if (!arms) return null;
  const [c, t] = arms;
  const se = Math.hypot(c.se, t.se);
  if (!(se > 0)) return null;
  const estimate = inRange(t.estimate - c.estimate, 'difference');
  return { estimate, se: inRange(se, 'se'), n: c.n + t.n, control: c, treatment: t };
}

/**
 * Ratio of two arms' means of human labels, treatment / control, by the delta method; the lift is this − 1 for a
 * positive control mean.
 *
 * Assumes as `predictionPoweredMean`, independent arms, and a control mean more than 5 standard errors from 0.
 *
 * @returns null when undefined: an arm with fewer than two labels, a control mean of 0 or so near to it that the ratio is
 *   beyond doubles, or no variance in either arm
 * @throws StatsError `STATS_DOMAIN` as `predictionPoweredMean`
 * @see Angelopoulos, Duchi, Zrnic (2023), arXiv:2311.01453; Deng, Knoblich, Lu (2018), KDD '18,
 *   doi:10.1145/3219819.3219919
 */
export function predictionPoweredRatio(
  control: JudgedMoments,
  treatment: JudgedMoments,
  options: PredictionPoweredArmOptions = {},
): PredictionPoweredContrast | null {
  const arms = bothArms(control, treatment, options);
  if (!arms) return null;
  const [c, t] = arms;
  const estimate = t.estimate / c.estimate;
  const se = Math.hypot(t.se, estimate * c.se) / Math.abs(c.estimate);
  if (!Number.isFinite(estimate) || !(se > 0 && se < Infinity)) return null;
  return { estimate, se, n: c.n + t.n, control: c, treatment: t };
}

function bothArms(
  control: JudgedMoments,
  treatment: JudgedMoments,
  options: PredictionPoweredArmOptions,
): [PredictionPoweredMean, PredictionPoweredMean] | null {
  const c = predictionPoweredMean(control, options.control);
  const t = predictionPoweredMean(treatment, options.treatment);
  return c && t && [c, t];
}
