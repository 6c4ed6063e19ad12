import { normalIsf, normalLogSf, normalSf } from '../distributions/normal.js';
import { requireTrials, wilsonInterval, type Ends } from './one-proportion.js';

/** Successes of trials in both arms; arm 1 is the control. Differences are p2 − p1. */
export interface TwoProportions {
  readonly x1: number;
  readonly n1: number;
  readonly x2: number;
  readonly n2: number;
}

/** A z test; every figure but `se` is null when se = 0: then there is no test, not p = 0 or 1. */
export interface ProportionZTest {
  readonly se: number;
  readonly z: number | null;
  readonly pTwoSided: number | null;
  readonly pGreater: number | null;
  readonly pLess: number | null;
  readonly logPTwoSided: number | null;
}

/** z test of p2 = p1 with the error of the pooled proportion. */
export function pooledZ(t: TwoProportions): ProportionZTest {
  check(t);
  const n = t.n1 + t.n2;
  const x = t.x1 + t.x2;
  return zTest(t, Math.sqrt((x / n) * ((n - x) / n) * (1 / t.n1 + 1 / t.n2)));
}

/** z test of p2 = p1 with each arm's own error. */
export function unpooledZ(t: TwoProportions): ProportionZTest {
  check(t);
  return zTest(t, waldError(t));
}

/** Wald interval of the difference; null without error. Poor at small counts: prefer Newcombe. */
export function waldInterval(t: TwoProportions, alpha: number): Ends | null {
  check(t, alpha);
  const se = waldError(t);
  const half = normalIsf(alpha / 2) * se;
  const d = t.x2 / t.n2 - t.x1 / t.n1;
  return se > 0 ? [d - half, d + half] : null;
}

/**
 * Newcombe's hybrid score interval of the difference (method 10, no continuity correction): the interval of choice,
 * coverage at least 0.93 everywhere.
 *
 * @see Newcombe (1998), Interval estimation for the difference between independent proportions, Stat. Med. 17
 */
export function newcombeInterval(t: TwoProportions, alpha: number): Ends {
  check(t, alpha);
  const p1 = t.x1 / t.n1;
  const p2 = t.x2 / t.n2;
  const [l1, u1] = wilsonInterval(t.x1, t.n1, alpha);
  const [l2, u2] = wilsonInterval(t.x2, t.n2, alpha);
  const d = p2 - p1;
  return [d - Math.hypot(p2 - l2, u1 - p1), d + Math.hypot(u2 - p2, p1 - l1)];
}

/** Agresti and Caffo's interval of the difference: Wald after one more success and failure in each arm; in [−1, 1]. */
export function agrestiCaffoInterval(t: TwoProportions, alpha: number): Ends {
  check(t, alpha);
  const grown = { x1: t.x1 + 1, n1: t.n1 + 2, x2: t.x2 + 1, n2: t.n2 + 2 };
  const half = normalIsf(alpha / 2) * waldError(grown);
  const d = grown.x2 / grown.n2 - grown.x1 / grown.n1;
  return [Math.max(-1, d - half), Math.min(1, d + half)];
}

function waldError({ x1, n1, x2, n2 }: TwoProportions): number {
  return Math.sqrt(((x1 / n1) * ((n1 - x1) / n1)) / n1 + ((x2 / n2) * ((n2 - x2) / n2)) / n2);
}

function zTest({ x1, n1, x2, n2 }: TwoProportions, se: number): ProportionZTest {
  if (!(se > 0)) return { se, z: null, pTwoSided: null, pGreater: null, pLess: null, logPTwoSided: null };
  const z = (x2 / n2 - x1 / n1) / se;
  return {
    se,
    z,
    pTwoSided: Math.min(1, 2 * normalSf(Math.abs(z))),
    pGreater: normalSf(z),
    pLess: normalSf(-z),
    logPTwoSided: Math.min(0, Math.LN2 + normalLogSf(Math.abs(z))),
  };
}

function check(t: TwoProportions, alpha = 0.05): void {
  requireTrials(t.x1, t.n1, alpha);
  requireTrials(t.x2, t.n2, alpha);
}
