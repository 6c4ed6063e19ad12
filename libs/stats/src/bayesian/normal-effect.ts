import { normalIsf, normalCdf, normalLogSf, normalPdf, normalSf } from '../distributions/normal.js';
import { requireAlpha, requireFinite, requirePositive } from '../stats-error.js';

/** A normal prior of the effect, on the scale of the estimate. */
export interface NormalPrior {
  readonly mean: number;
  readonly variance: number;
}

/** The posterior of an effect. */
export interface NormalEffect {
  readonly posteriorMean: number;
  readonly posteriorSd: number;
  readonly chanceToWin: number;
  readonly ci: readonly [number, number];
  /** Expected loss of choosing the control, and of choosing the treatment. */
  readonly risk: readonly [number, number];
}

/**
 * Posterior of an effect from its estimate and standard error: precision 1/se² + 1/prior variance.
 *
 * @param prior null for a flat one; @param lowerIsBetter turns the chance and the risks, not the effect
 * @returns null when undefined: se not positive and finite
 * @throws StatsError `STATS_DOMAIN` prior variance not positive, alpha outside (0, 1)
 */
export function normalEffect(
  estimate: number,
  se: number,
  {
    prior,
    alpha,
    lowerIsBetter = false,
  }: { prior: NormalPrior | null; alpha: number; lowerIsBetter?: boolean },
): NormalEffect | null {
  requireAlpha(alpha);
  if (prior) {
    requireFinite(prior.mean, 'prior.mean');
    requirePositive(prior.variance, 'prior.variance');
  }
  if (!(se > 0 && se < Infinity && Number.isFinite(estimate))) return null;
  // In standard deviations: the squares of tiny ones underflow.
  const share = prior ? 1 / (1 + (se / Math.sqrt(prior.variance)) ** 2) : 1;
  const mean = prior ? estimate * share + prior.mean * (1 - share) : estimate;
  const sd = share > 0 ? se * Math.sqrt(share) : Math.sqrt(prior!.variance);
  const half = normalIsf(alpha / 2) * sd;
  const gains = [expectedPositive(mean, sd), expectedPositive(-mean, sd)] as const;
  return {
    posteriorMean: mean,
    posteriorSd: sd,
    chanceToWin: lowerIsBetter ? normalSf(mean / sd) : normalCdf(mean / sd),
    ci: [mean - half, mean + half],
    risk: lowerIsBetter ? [gains[1], gains[0]] : gains,
  };
}

/** E max(X, 0) for X ~ N(mean, sd²); far below 0 by Mills' ratio, where the plain formula cancels. */
function expectedPositive(mean: number, sd: number): number {
  const z = mean / sd;
  if (z > -2) return sd * normalPdf(z) + mean * normalCdf(z);
  // Less than the smallest double.
  if (z < -39) return 0;
  const mills = Math.exp(normalLogSf(-z) + 0.5 * z * z) * Math.sqrt(2 * Math.PI);
  return Math.max(0, sd * normalPdf(z) * (1 + z * mills));
}
