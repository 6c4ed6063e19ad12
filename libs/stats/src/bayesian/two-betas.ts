import { betaQuantile, betaCdf, betaSf } from '../distributions/beta.js';
import { bracketedRoot } from '../special/bracketed-root.js';
import { incompleteBeta } from '../special/incomplete-beta.js';
import { doubleExponential, logTrapezoid } from '../special/quadrature.js';
import { logBetaPower } from '../special/stirling.js';
import { requireAlpha } from '../stats-error.js';
import { atLogit, betaMoments, logistic, logitScale, requireShape, type BetaShape } from './beta-arm.js';

/** Two rates compared by their posteriors. Credible intervals are equal-tailed. */
export interface TwoBetas {
  /** P(θ₂ > θ₁). */
  readonly probTreatmentBetter: number;
  /** ln min(P, 1 − P), also where P itself is 1. */
  readonly logTail: number;
  /** E max(θ₁ − θ₂, 0): what shipping the treatment is expected to lose. */
  readonly expectedLossTreatment: number;
  /** E max(θ₂ − θ₁, 0): what keeping the control is expected to lose. */
  readonly expectedLossControl: number;
  readonly differenceCi: readonly [number, number];
  /** Of θ₂/θ₁ − 1. */
  readonly liftCi: readonly [number, number];
}

/**
 * Compares two independent Beta posteriors by quadrature on the logit scale; no normal approximation, no sampling.
 *
 * A view on one look: stopping when the probability is high enough does not control any error rate.
 *
 * @throws StatsError `STATS_DOMAIN` shapes not positive and finite, alpha outside (0, 1)
 */
export function compareBetas(control: BetaShape, treatment: BetaShape, alpha: number): TwoBetas {
  requireAlpha(alpha);
  const logBetter = logProbLess(control, treatment);
  const logWorse = logProbLess(treatment, control);
  const interval = (of: (p: number) => number): [number, number] => {
    // At alpha next to 1 both ends are the median, found to within the last digits.
    const [one, other] = [of(alpha / 2), of(1 - alpha / 2)];
    return [Math.min(one, other), Math.max(one, other)];
  };
  return {
    probTreatmentBetter: logBetter < logWorse ? Math.exp(logBetter) : -Math.expm1(logWorse),
    logTail: Math.min(logBetter, logWorse),
    expectedLossTreatment: expectedExcess(control, treatment),
    expectedLossControl: expectedExcess(treatment, control),
    differenceCi: interval((p) => differenceQuantile(control, treatment, p)),
    liftCi: interval((p) => ratioQuantile(control, treatment, p) - 1),
  };
}

/** ln P(X < Y), weighting with the narrower density. */
export function logProbLess(x: BetaShape, y: BetaShape): number {
  requireShape(x);
  requireShape(y);
  const { from, to, step } = hull(x, y);
  const overX = logitScale(x).step <= logitScale(y).step;
  const log = (u: number): number =>
    overX ? atLogit(x, u).logPdf + atLogit(y, u).logSf : atLogit(y, u).logPdf + atLogit(x, u).logCdf;
  return Math.min(0, logTrapezoid(log, from, to, step, true));
}

/** E max(X − Y, 0) = ∫ P(Y ≤ t) P(X > t) dt: nothing cancels, so tiny losses keep their digits. */
export function expectedExcess(x: BetaShape, y: BetaShape): number {
  requireShape(x);
  requireShape(y);
  const { from, to, step } = hull(x, y);
  const log = (u: number): number =>
    atLogit(y, u).logCdf + atLogit(x, u).logSf + Math.log(logistic(u)) + Math.log(logistic(-u));
  return Math.min(1, Math.exp(logTrapezoid(log, from, to, step, true)));
}

function hull(x: BetaShape, y: BetaShape): { from: number; to: number; step: number } {
  const a = logitScale(x);
  const b = logitScale(y);
  return { from: Math.min(a.mode, b.mode), to: Math.max(a.mode, b.mode), step: Math.min(a.step, b.step) };
}

/** The d with P(Y − X ≤ d) = p. */
function differenceQuantile(x: BetaShape, y: BetaShape, p: number): number {
  const lower = quantileOf(y, p / 2) - quantileOf(x, 1 - p / 2);
  const upper = quantileOf(y, 1 - (1 - p) / 2) - quantileOf(x, (1 - p) / 2);
  return bracketedRoot((d) => differenceCdf(x, y, d) - p, lower, upper, 1e-13);
}

/** The r with P(Y / X ≤ r) = p. */
function ratioQuantile(x: BetaShape, y: BetaShape, p: number): number {
  const log = (value: number): number => Math.log(Math.max(value, 1e-300));
  const lower = log(quantileOf(y, p / 2)) - log(quantileOf(x, 1 - p / 2));
  const upper = log(quantileOf(y, 1 - (1 - p) / 2)) - log(quantileOf(x, (1 - p) / 2));
  return Math.exp(bracketedRoot((w) => ratioCdf(x, y, Math.exp(w)) - p, lower, upper, 1e-13));
}

const quantileOf = ({ a, b }: BetaShape, p: number): number => betaQuantile(p, a, b);

/** P(Y − X ≤ d), integrated over the narrower of the two. */
function differenceCdf(x: BetaShape, y: BetaShape, d: number): number {
  if (betaMoments(x).sd > betaMoments(y).sd) return 1 - differenceCdf(y, x, -d);
  const beyond = d > 0 ? betaSf(1 - d, x.a, x.b) : 0;
  return beyond + overDensity(x, Math.max(0, -d), Math.min(1, 1 - d), (at) => betaCdf(at + d, y.a, y.b));
}

/** P(Y / X ≤ r), integrated over the narrower of the two. */
function ratioCdf(x: BetaShape, y: BetaShape, r: number): number {
  const spread = (shape: BetaShape): number => betaMoments(shape).sd / betaMoments(shape).mean;
  if (spread(x) > spread(y)) return 1 - ratioCdf(y, x, 1 / r);
  const beyond = r > 1 ? betaSf(1 / r, x.a, x.b) : 0;
  return beyond + overDensity(x, 0, Math.min(1, 1 / r), (at) => betaCdf(at * r, y.a, y.b));
}

/** ∫ density × g over [low, high], cut to where the density counts. */
function overDensity(shape: BetaShape, low: number, high: number, g: (x: number) => number): number {
  const from = Math.max(low, lowestThatCounts(shape));
  const to = Math.min(high, 1 - lowestThatCounts({ a: shape.b, b: shape.a }));
  return doubleExponential(
    (fromLow, fromHigh) => {
      const x = from + fromLow;
      const y = 1 - to + fromHigh;
      const density = Math.exp(logBetaPower(shape.a, shape.b, x, y) - Math.log(x) - Math.log(y));
      // g is a probability: where the density is this low it need not be known.
      return density * (to - from) < 1e-22 ? 0 : density * g(x);
    },
    from,
    to,
  );
}

/** A point with no more than e^−40 of the probability below it; 0 where the density reaches down to 0. */
function lowestThatCounts({ a, b }: BetaShape): number {
  const { mean, sd } = betaMoments({ a, b });
  for (let reach = 9; mean > reach * sd; reach *= 1.2) {
    const x = mean - reach * sd;
    if (incompleteBeta(a, b, x).logLower < -40) return x;
  }
  return 0;
}
