import { requireArmMoments } from '../accumulators/arm-moments.js';
import { covariateUnits } from '../accumulators/covariate-moments.js';
import { ratioEstimate } from '../ratios/ratio.js';
import { inRange } from '../stats-error.js';
import type { ArmMoments } from '../verdict/types.js';

/** Moments of every arm in one epoch. */
export interface AdjustableEpoch {
  readonly number: number;
  readonly arms: Readonly<Record<string, ArmMoments>>;
}

/** What the covariate takes off an arm's value in an epoch, and the variance of the value that is left. */
export interface ArmAdjustment {
  readonly shift: number;
  readonly variance: number;
}

/** A metric adjusted by its covariate. */
export interface CovariateAdjustment {
  /** Slope of the value on the covariate, and on having it at all. */
  readonly theta: number;
  readonly thetaKnown: number;
  /** Share of units with a value that have the covariate. */
  readonly coverage: number;
  /** Per epoch number and arm. */
  readonly epochs: Readonly<Record<number, Readonly<Record<string, ArmAdjustment>>>>;
}

/** Share of units that must have the covariate before it is used. */
const LEAST_COVERAGE = 0.5;

/**
 * CUPED for all arms and epochs of a metric at once, from sufficient statistics.
 *
 * A unit's value is adjusted by θ (x − x̄) where its covariate is known, x̄ the mean of the epoch over all arms; units
 * without it take x̄, and a second covariate says that they had none. Both slopes are pooled over arms and epochs, the
 * covariance taken within arms and epochs, so neither a treatment effect nor a trend enters them. The two covariates are
 * orthogonal around x̄, so their slopes need no system of equations. A ratio is adjusted through its linearised unit
 * values (numerator − R denominator) / d̄.
 *
 * Assumes that assignment cannot have changed the covariate: it was known at first exposure. θ is estimated anew at every
 * look, which changes the estimate by less than its error (second order).
 *
 * @param kind `ratio` to linearise, anything else for means of unit values
 * @returns null without a use: fewer than half of the units have a covariate, or it explains nothing
 * @throws StatsError `STATS_DOMAIN` n or an M2 negative, a figure not finite
 * @see Deng, Xu, Kohavi, Walker (2013), Improving the sensitivity of online controlled experiments, WSDM '13
 */
export function covariateAdjustment(
  kind: string,
  epochs: readonly AdjustableEpoch[],
): CovariateAdjustment | null {
  const cells: Cell[] = [];
  for (const epoch of epochs) addCells(cells, kind, epoch);
  const units = sum(cells, (cell) => cell.n);
  const coverage = units > 0 ? sum(cells, (cell) => cell.known) / units : 0;
  if (!(coverage >= LEAST_COVERAGE)) return null;
  const theta = slope(
    sum(cells, (cell) => cell.xy),
    sum(cells, (cell) => cell.xx),
  );
  const thetaKnown = slope(
    sum(cells, (cell) => cell.known * cell.gap),
    sum(cells, (cell) => cell.known * (1 - cell.share)),
  );
  if (theta === 0 && thetaKnown === 0) return null;
  const adjusted: Record<number, Record<string, ArmAdjustment>> = {};
  for (const cell of cells) (adjusted[cell.epoch] ??= {})[cell.arm] = adjust(cell, theta, thetaKnown);
  return { theta, thetaKnown, coverage, epochs: adjusted };
}

/** One arm in one epoch: sums of squares and products of value y, covariate x and "x is known". */
interface Cell {
  readonly epoch: number;
  readonly arm: string;
  readonly n: number;
  readonly known: number;
  readonly share: number;
  readonly yy: number;
  readonly xx: number;
  readonly xy: number;
  /** Mean of y where x is known less the mean of y. */
  readonly gap: number;
  /** Mean of x less its mean over all arms of the epoch; the same of the share that have it. */
  readonly offset: number;
  readonly shareOffset: number;
}

function addCells(cells: Cell[], kind: string, { number, arms }: AdjustableEpoch): void {
  const centre = centreOf(arms);
  if (!centre) return;
  for (const key of Object.keys(arms)) {
    const arm = arms[key]!;
    const y = arm.n >= 2 ? valueOf(kind, arm) : null;
    if (!y) continue;
    const known = covariateUnits(arm);
    cells.push({
      epoch: number,
      arm: key,
      n: arm.n,
      known,
      share: known / arm.n,
      yy: y.yy,
      xx: arm.covariate?.m2 ?? 0,
      xy: y.xy,
      gap: y.gap,
      offset: known > 0 ? arm.covariate!.mean - centre.mean : 0,
      shareOffset: known / arm.n - centre.share,
    });
  }
}

/** The covariate's mean over the arms of an epoch and the share of units that have it; null where no arm has one. */
function centreOf(arms: AdjustableEpoch['arms']): { mean: number; share: number } | null {
  let [mean, known, units, found] = [0, 0, 0, false];
  for (const key of Object.keys(arms)) {
    const arm = arms[key]!;
    if (!(arm.n >= 2)) continue;
    requireArmMoments(arm);
    units += arm.n;
    if (!arm.covariate) continue;
    found = true;
    const more = covariateUnits(arm);
    // Shares, not Σ n x̄: with one arm the mean is its own to the last digit.
    if (more > 0) mean = (known / (known + more)) * mean + (more / (known + more)) * arm.covariate.mean;
    known += more;
  }
  return found ? { mean: inRange(mean, 'covariate mean'), share: known / units } : null;
}

/** The value itself, or a ratio's linearised one. */
function valueOf(kind: string, arm: ArmMoments): Pick<Cell, 'yy' | 'xy' | 'gap'> | null {
  const { valueGap = 0, comoment = 0, denominatorGap = 0, denominatorComoment = 0 } = arm.covariate ?? {};
  if (kind !== 'ratio') return { yy: arm.m2, xy: comoment, gap: valueGap };
  const estimate = ratioEstimate(arm);
  if (!estimate) return null;
  const per = arm.denominator!.mean;
  return {
    yy: estimate.variance * (arm.n - 1),
    xy: (comoment - estimate.ratio * denominatorComoment) / per,
    gap: (valueGap - estimate.ratio * denominatorGap) / per,
  };
}

function adjust(cell: Cell, theta: number, thetaKnown: number): ArmAdjustment {
  const { n, known, share, offset } = cell;
  const spread = known * (1 - share);
  const xx = cell.xx + spread * offset * offset;
  const xy = cell.xy + known * offset * cell.gap;
  const left =
    cell.yy +
    theta * (theta * xx - 2 * xy) +
    thetaKnown * (thetaKnown * spread - 2 * known * cell.gap) +
    2 * theta * thetaKnown * spread * offset;
  return {
    shift: inRange(theta * share * offset + thetaKnown * cell.shareOffset, 'adjustment'),
    variance: inRange(Math.max(0, left), 'adjusted variance') / (n - 1) / n,
  };
}

function slope(xy: number, xx: number): number {
  const theta = xx > 0 ? xy / xx : 0;
  return Number.isFinite(theta) ? theta : 0;
}

function sum(cells: readonly Cell[], of: (cell: Cell) => number): number {
  let total = 0;
  for (const cell of cells) total += of(cell);
  return total;
}
