import { deviance, stirlingError } from '../special/stirling.js';
import { inRange, requireDomain } from '../stats-error.js';
import { plannedSplit } from './srm-fixed.js';

/** Prior concentration: the imbalance looked for is of the order of one per cent. */
export const SRM_CONCENTRATION = 10_000;

/**
 * ln of the e-value of the sequential sample-ratio test: Dirichlet-multinomial against the planned multinomial.
 *
 * Depends on the cumulative counts only; valid at every look. Several epochs with weights of their own are separate
 * tests whose e-values multiply: add the logs. Reject when e^logE ≥ 1/alpha; p = min over looks of e^(−logE).
 *
 * Written with Stirling errors and deviances, so that the digits survive 10⁹ units (log-gamma differences do not).
 *
 * @param concentration the Dirichlet prior is concentration × planned shares
 * @returns ln E; Infinity when an arm of weight 0 has units
 * @see Lindon, Malek (2022), Anytime-valid inference for multinomial count data, NeurIPS, arXiv:2011.03567
 */
export function srmLogE(
  counts: readonly number[],
  weights: readonly number[],
  concentration: number = SRM_CONCENTRATION,
): number {
  requireDomain(
    concentration > 0 && concentration < Infinity,
    'concentration',
    concentration,
    'positive and finite',
  );
  const split = plannedSplit(counts, weights);
  if (split.impossible) return Infinity;
  const n = split.counts.reduce((sum, count) => sum + count, 0);
  if (split.df === 0 || n === 0) return 0;
  const total = inRange(concentration + n, 'concentration + units');
  let logE =
    0.5 * split.df * Math.log(concentration / total) + stirlingError(concentration) - stirlingError(total);
  split.shares.forEach((share, i) => {
    const prior = concentration * share;
    const posterior = prior + split.counts[i]!;
    logE +=
      deviance(posterior, total * share) -
      0.5 * Math.log(posterior / (total * share)) +
      stirlingError(posterior) -
      stirlingError(prior);
  });
  return inRange(logE, 'ln E');
}

/** p of one look from its ln E, in [0, 1]. */
export function pFromLogE(logE: number): number {
  return Math.min(1, Math.exp(-logE));
}
