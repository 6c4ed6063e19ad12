import { sampleVariance, type Moments } from '../accumulators/moments.js';
import { studentTLogCdf, studentTLogSf } from '../distributions/student-t.js';
import { logTrapezoid } from '../special/quadrature.js';
import { logBeta } from '../special/stirling.js';
import { inRange, requireDomain, requireFinite, requirePositive } from '../stats-error.js';

/** Prior of a mean m0 worth k0 units, and of a variance with shape a0 and scale b0. */
export interface NormalInverseGammaPrior {
  readonly m0: number;
  readonly k0: number;
  readonly a0: number;
  readonly b0: number;
}

/** A mean's marginal posterior: location + scale × t with df degrees of freedom. */
export interface MeanPosterior {
  readonly mean: number;
  readonly df: number;
  readonly scale: number;
}

/** The marginal posterior of a mean with unknown variance; with no units it is the prior's. */
export function meanPosterior(moments: Moments, prior: NormalInverseGammaPrior): MeanPosterior {
  const { m0, k0, a0, b0 } = prior;
  requireFinite(m0, 'm0');
  for (const [name, value] of Object.entries({ k0, a0, b0 })) requirePositive(value, name);
  const { n, mean } = moments;
  const k = k0 + n;
  const a = a0 + n / 2;
  const spread = (sampleVariance(moments) ?? 0) * Math.max(0, n - 1);
  const b = b0 + (spread + k0 * (n / k) * (mean - m0) ** 2) / 2;
  return {
    mean: inRange(m0 + (n / k) * (mean - m0), 'mean'),
    df: inRange(2 * a, 'df'),
    scale: inRange(Math.sqrt(b / a / k), 'scale'),
  };
}

/**
 * P(mean₂ > mean₁) from two independent posteriors, by trapezoids over the narrower.
 *
 * In v with x = location + scale √df sinh v a t density is a power of cosh v: smooth, and exponential at the ends.
 */
export function probMeanGreater(control: MeanPosterior, treatment: MeanPosterior): number {
  for (const posterior of [control, treatment]) {
    requireFinite(posterior.mean, 'mean');
    requireDomain(posterior.df >= 0.01 && posterior.df <= 1e15, 'df', posterior.df, 'in [0.01, 1e15]');
    requirePositive(posterior.scale, 'scale');
  }
  const overControl = control.scale <= treatment.scale;
  const [narrow, wide] = overControl ? [control, treatment] : [treatment, control];
  const { mean, df, scale } = narrow;
  const reach = scale * Math.sqrt(df);
  const constant = -logBeta(df / 2, 0.5);
  const tail = overControl ? studentTLogSf : studentTLogCdf;
  const log = (v: number): number =>
    constant -
    // ln cosh v, which the logarithm of cosh v itself loses next to 0.
    (df / 2) * Math.log1p(Math.sinh(v) ** 2) +
    tail((mean - wide.mean + reach * Math.sinh(v)) / wide.scale, wide.df);
  const toWide = Math.asinh((wide.mean - mean) / reach);
  const step = Math.min(0.1, 0.4 / Math.sqrt(df));
  return Math.min(1, Math.exp(logTrapezoid(log, Math.min(0, toWide), Math.max(0, toWide), step)));
}
