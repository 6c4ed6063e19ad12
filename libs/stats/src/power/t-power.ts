import { normalIsf, normalSf } from '../distributions/normal.js';
import { studentTIsf } from '../distributions/student-t.js';
import { bracketedRoot } from '../special/bracketed-root.js';
import { averageOverScale } from '../special/scale-average.js';
import { inRange, requireAlpha, requireDomain, requireFinite, requirePositive } from '../stats-error.js';
import { sampleSize, type SampleSize } from './means-power.js';

/** A design comparing two normal means of one unknown variance by Student's t. */
export interface TDesign {
  /** True difference in standard deviations (Cohen's d). */
  readonly effectSize: number;
  /** n2 / n1. */
  readonly ratio: number;
  readonly alpha: number;
  /** Default 2. */
  readonly sides?: 1 | 2;
}

/** Fewer degrees of freedom stand for no design, and the scale's density spreads over too many powers of ten. */
const FEWEST_DF = 0.1;

/** P(T > t) of the noncentral t with df ≥ 0.1 degrees of freedom and noncentrality delta: (Z + delta)/S > t. */
export function noncentralTSf(t: number, df: number, delta: number): number {
  requireDomain(df >= FEWEST_DF, 'df', df, 'at least', FEWEST_DF);
  requireFinite(t, 't');
  requireFinite(delta, 'delta');
  return Math.min(
    1,
    averageOverScale(df, (s) => normalSf(t * s - delta)),
  );
}

/**
 * Exact power of the two-sample t test at n1 units in arm 1; n1 need not be whole.
 *
 * @returns power on the side of the effect, with both tails added (what a two-sided test rejects), and the degrees of
 *   freedom n1 + n2 − 2
 * @throws StatsError `STATS_DOMAIN` no degree of freedom left, or a ratio or level outside its domain
 */
export function tPower(design: TDesign, n1: number): { power: number; bothTails: number; df: number } {
  const { effectSize, ratio, alpha, sides = 2 } = design;
  check(design);
  requireFinite(n1, 'n1');
  const df = n1 * (1 + ratio) - 2;
  requireDomain(df >= FEWEST_DF, 'n1', n1, 'at least', fewestUnits(ratio));
  const delta = Math.abs(effectSize) * Math.sqrt((n1 * ratio) / (1 + ratio));
  const critical = studentTIsf(alpha / sides, df);
  const power = noncentralTSf(critical, df, delta);
  return {
    power,
    df,
    bothTails: sides === 2 ? Math.min(1, power + noncentralTSf(critical, df, -delta)) : power,
  };
}

/**
 * Units for a power of the two-sample t test, the real solution and whole units; both tails count unless told otherwise.
 *
 * @throws StatsError `STATS_DOMAIN` effect 0, or power not above alpha: no or any number of units would do
 */
export function tSampleSize(design: TDesign, power: number, countBothTails = true): SampleSize {
  const { effectSize, ratio, alpha, sides = 2 } = design;
  check(design);
  requireDomain(
    effectSize !== 0 && Number.isFinite(effectSize),
    'effectSize',
    effectSize,
    'finite and not 0',
  );
  requireDomain(power > alpha && power < 1, 'power', power, `above alpha = ${alpha} and below 1`);
  const reached = (n1: number): number => {
    const at = tPower(design, n1);
    return (countBothTails ? at.bothTails : at.power) - power;
  };
  const byNormal = inRange(
    ((normalIsf(alpha / sides) + normalIsf(1 - power)) / effectSize) ** 2 * (1 + 1 / ratio),
    'n1',
  );
  const fewest = fewestUnits(ratio);
  let high = Math.max(byNormal, fewest) + 8 / (1 + ratio);
  while (reached(high) < 0) high = inRange(2 * high, 'n1');
  return sampleSize(bracketedRoot(reached, fewest, high, 1e-12), ratio);
}

/** A hair more than exact, so that rounding does not fall below it. */
const fewestUnits = (ratio: number): number => ((2 + FEWEST_DF) / (1 + ratio)) * (1 + 1e-12);

function check({ effectSize, ratio, alpha }: TDesign): void {
  requireFinite(effectSize, 'effectSize');
  requirePositive(ratio, 'ratio');
  requireAlpha(alpha);
}
