import { normalLogCdf } from '../distributions/normal.js';
import { bracketedRoot } from '../special/bracketed-root.js';
import { incompleteGamma } from '../special/incomplete-gamma.js';
import { logGammaPower } from '../special/stirling.js';
import { riemannZeta } from '../special/zeta.js';
import {
  inRange,
  requireAlpha,
  requireDomain,
  requireFinite,
  requireNotNegative,
  requirePositive,
} from '../stats-error.js';
import { logBetaBinomialMixture, logBetaBinomialMixtureOneSided, mixtureWidth } from './bernoulli-cs.js';

/**
 * Uniform boundaries: u(v) with P(∃t: Sₜ ≥ u(Vₜ)) ≤ alpha for a sum S of intrinsic time (variance) V.
 *
 * A mixture is a supermartingale in closed form, and its boundary the s at which it reaches 1/alpha. Each is tightest
 * near `vOpt` at level `alphaOpt`; fix both at start.
 *
 * @see Howard, Ramdas, McAuliffe, Sekhon (2021), Time-uniform, nonparametric, nonasymptotic confidence sequences,
 *   Annals of Statistics 49; the package confseq
 */
export interface MixtureTuning {
  readonly vOpt: number;
  /** Default 0.05. */
  readonly alphaOpt?: number;
}

/** Two-sided unless told: S in either direction. */
export interface SidedTuning extends MixtureTuning {
  readonly oneSided?: boolean;
}

/** Support of the increments: [−g, h]. */
export interface BoundedTuning extends SidedTuning {
  readonly g: number;
  readonly h: number;
}

/** The mixture's precision ρ that is (approximately, as confseq has it) optimal; one-sided at twice the level. */
export function mixtureRho({ vOpt, alphaOpt = 0.05, oneSided = false }: SidedTuning): number {
  const level = oneSided ? 2 * alphaOpt : alphaOpt;
  requirePositive(vOpt, 'vOpt');
  requireDomain(level > 0 && level < 1, 'alphaOpt', alphaOpt, oneSided ? 'in (0, 0.5)' : 'in (0, 1)');
  const logs = -2 * Math.log(level);
  return vOpt / (logs + Math.log1p(logs));
}

/** ln of the normal mixture at sum s and intrinsic time v: sub-Gaussian sums. */
export function normalLogMixture(s: number, v: number, tuning: SidedTuning): number {
  const rho = mixtureRho(tuning);
  requireFinite(s, 's');
  requireNotNegative(v, 'v');
  const both = -0.5 * Math.log1p(v / rho) + (s * s) / (2 * (v + rho));
  return inRange(
    tuning.oneSided ? both + Math.LN2 + normalLogCdf(s / Math.sqrt(v + rho)) : both,
    'ln of the mixture',
  );
}

/** Boundary of the normal mixture at intrinsic time v ≥ 0. */
export function normalMixtureBound(v: number, alpha: number, tuning: SidedTuning): number {
  requireLook(v, alpha);
  if (tuning.oneSided) return boundOf((s) => normalLogMixture(s, v, tuning), v, alpha);
  const rho = mixtureRho(tuning);
  return inRange(Math.sqrt((v + rho) * (Math.log1p(v / rho) - 2 * Math.log(alpha))), 'boundary');
}

/** ln of the gamma-exponential mixture: sub-exponential sums of scale c > 0; one-sided. */
export function gammaExponentialLogMixture(
  s: number,
  v: number,
  tuning: MixtureTuning & { readonly c: number },
): number {
  requireFinite(s, 's');
  requireNotNegative(v, 'v');
  return gammaExponentialAt(s, v, gammaPrior(tuning));
}

/** Boundary of the gamma-exponential mixture at intrinsic time v ≥ 0. */
export function gammaExponentialBound(
  v: number,
  alpha: number,
  tuning: MixtureTuning & { readonly c: number },
): number {
  requireLook(v, alpha);
  const prior = gammaPrior(tuning);
  return boundOf((s) => gammaExponentialAt(s, v, prior), v, alpha);
}

/** Scale of the sums, precision of the mixture in its units, and ln of what the mixture is at the start. */
interface GammaPrior {
  readonly c: number;
  readonly rho: number;
  readonly start: number;
}

/** Made once for all points a boundary is looked for at: half of what one of them costs. */
function gammaPrior({ c, vOpt, alphaOpt }: MixtureTuning & { readonly c: number }): GammaPrior {
  requirePositive(c, 'c');
  const rho = mixtureRho({ vOpt, alphaOpt, oneSided: true }) / (c * c);
  return { c, rho, start: logGammaPower(rho, rho) - incompleteGamma(rho, rho).logLower };
}

function gammaExponentialAt(s: number, v: number, { c, rho, start }: GammaPrior): number {
  const shape = v / (c * c) + rho;
  const at = s / c + shape;
  requirePositive(shape, 'shape');
  if (at <= 0) return -Infinity;
  return inRange(start + incompleteGamma(shape, at).logLower - logGammaPower(shape, at), 'ln of the mixture');
}

/** ln of the beta-binomial mixture: sums of increments in [−g, h]. */
export function betaBinomialLogMixture(s: number, v: number, tuning: BoundedTuning): number {
  const { vOpt, alphaOpt = 0.05, g, h, oneSided = false } = tuning;
  requireNotNegative(v, 'v');
  const r = mixtureWidth(vOpt, oneSided ? 2 * alphaOpt : alphaOpt, g, h);
  return (oneSided ? logBetaBinomialMixtureOneSided : logBetaBinomialMixture)(s, v, r, g, h);
}

/** Boundary of the beta-binomial mixture at intrinsic time v ≥ 0; never above v/g, the largest sum there is. */
export function betaBinomialBound(v: number, alpha: number, tuning: BoundedTuning): number {
  requireLook(v, alpha);
  const largest = v / tuning.g;
  const excess = (s: number): number => betaBinomialLogMixture(s, v, tuning) + Math.log(alpha);
  return excess(largest) < 0 ? largest : bracketedRoot(excess, 0, largest);
}

/**
 * The polynomial stitched boundary: closed form, and of the order of the law of the iterated logarithm.
 *
 * @param shape `vMin` intrinsic time from which it holds, `c` scale of sub-exponential sums (0: sub-Gaussian), `s` > 1 and
 *   `eta` > 1 how the level is spread over epochs
 */
export function stitchingBound(
  v: number,
  alpha: number,
  { vMin, c = 0, s = 1.4, eta = 2 }: { vMin: number; c?: number; s?: number; eta?: number },
): number {
  requireLook(v, alpha);
  requirePositive(vMin, 'vMin');
  requireNotNegative(c, 'c');
  requireDomain(s > 1 && s <= 1e6 && eta > 1 && eta <= 1e6, 's, eta', `${s}, ${eta}`, 'above 1, at most 1e6');
  const time = Math.max(v, vMin);
  const k1 = (eta ** 0.25 + eta ** -0.25) / Math.SQRT2;
  const k2 = (Math.sqrt(eta) + 1) / 2;
  const ell =
    s * Math.log(Math.log((eta * time) / vMin)) +
    Math.log(riemannZeta(s)) -
    s * Math.log(Math.log(eta)) -
    Math.log(alpha);
  const linear = k2 * c * ell;
  return inRange(Math.sqrt(k1 * k1 * time * ell + linear * linear) + linear, 'boundary');
}

/** The s ≥ 0 at which a mixture that grows with s reaches 1/alpha. */
function boundOf(logMixture: (s: number) => number, v: number, alpha: number): number {
  const excess = (s: number): number => logMixture(s) + Math.log(alpha);
  let high = Math.max(v, 1);
  while (excess(high) < 0 && high < 1e300) high *= 2;
  return bracketedRoot(excess, 0, high);
}

function requireLook(v: number, alpha: number): void {
  requireNotNegative(v, 'v');
  requireAlpha(alpha);
}
