import { normalLogCdf } from '../distributions/normal.js';
import { logTrapezoid } from '../special/quadrature.js';
import { requireFinite, requirePositive, StatsError } from '../stats-error.js';
import { atLogit, logitScale, requireShape, type BetaShape } from './beta-arm.js';

/** A normal belief about a mean. */
export interface NormalBelief {
  readonly mean: number;
  readonly sd: number;
}

interface Belief {
  readonly mode: number;
  readonly step: number;
  logPdf(u: number): number;
  logCdf(u: number): number;
}

/** P(arm i has the largest rate) for independent Beta beliefs, by quadrature; what Thompson sampling allocates by. */
export function probBestOfBetas(arms: readonly BetaShape[]): number[] {
  arms.forEach(requireShape);
  return probBest(
    arms.map((arm) => ({
      ...logitScale(arm),
      logPdf: (u) => atLogit(arm, u).logPdf,
      logCdf: (u) => atLogit(arm, u).logCdf,
    })),
  );
}

/** P(arm i has the largest mean) for independent normal beliefs. */
export function probBestOfNormals(arms: readonly NormalBelief[]): number[] {
  arms.forEach(({ mean, sd }) => {
    requireFinite(mean, 'mean');
    requirePositive(sd, 'sd');
  });
  return probBest(
    arms.map(({ mean, sd }) => ({
      mode: mean,
      step: 0.4 * sd,
      logPdf: (u) => -0.5 * ((u - mean) / sd) ** 2 - Math.log(sd * Math.sqrt(2 * Math.PI)),
      logCdf: (u) => normalLogCdf((u - mean) / sd),
    })),
  );
}

function probBest(arms: readonly Belief[]): number[] {
  if (arms.length === 0) throw new StatsError('STATS_SHAPE', 'no arm');
  if (arms.length === 1) return [1];
  const step = Math.min(...arms.map((arm) => arm.step));
  const from = Math.min(...arms.map((arm) => arm.mode));
  const to = Math.max(...arms.map((arm) => arm.mode));
  return arms.map((arm, i) => {
    const others = arms.filter((_, j) => j !== i);
    const log = (u: number): number => others.reduce((sum, other) => sum + other.logCdf(u), arm.logPdf(u));
    return Math.min(1, Math.exp(logTrapezoid(log, from, to, step, true)));
  });
}
