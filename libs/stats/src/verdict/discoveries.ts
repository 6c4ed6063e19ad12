import { ebh } from '../multiplicity/e-values.js';
import { tuneTwoSided, twoSidedLogE } from '../sequential/asymptotic-cs.js';
import { missingBurnIn } from './burn-in.js';
import type { ContrastResult } from './contrast.js';
import type { Discovery, MetricPlan } from './types.js';

/** False discovery rate of what is pointed out among exploratory metrics. */
const FALSE_DISCOVERIES = 0.1;
/** e-values are compared as doubles; beyond this all are the same. */
const MOST_LOG_E = 700;

/** One exploratory metric in one comparison. */
export interface ExploratoryInput {
  readonly metric: MetricPlan;
  readonly contrast: ContrastResult;
  readonly nStar: number;
}

/**
 * Points out which of all exploratory metrics × comparisons differ: e-BH on the e-values of their current sequences.
 *
 * The false discovery rate stays ≤ 10 % under any dependence between metrics and whenever somebody stops to look. It drives
 * no verdict. A metric before its burn-in, or without variance, counts as e = 0 and gets null.
 *
 * @param family every exploratory metric × comparison, always all of them: their number is the correction
 * @param alpha level at which the sequences are tuned
 * @see Wang, Ramdas (2022), False discovery rate control with e-values, JRSSB 84
 */
export function discoveriesAmong(
  family: readonly ExploratoryInput[],
  alpha: number,
): ReadonlyArray<Discovery | null> {
  const logEs = family.map((input) => currentLogE(input, alpha));
  const { reject } = ebh(
    logEs.map((logE) => (logE === null ? 0 : Math.exp(Math.min(logE, MOST_LOG_E)))),
    FALSE_DISCOVERIES,
  );
  return logEs.map((logE, i) =>
    logE === null ? null : { logE, rate: FALSE_DISCOVERIES, found: reject[i]! },
  );
}

function currentLogE({ metric, contrast, nStar }: ExploratoryInput, alpha: number): number | null {
  if (contrast.kind !== 'contrast' || !(contrast.se > 0)) return null;
  if (missingBurnIn(metric, contrast.control.pooled, contrast.treatment.pooled) !== null) return null;
  const point = { estimate: contrast.difference, se: contrast.se, n: contrast.n };
  return twoSidedLogE(point, tuneTwoSided(alpha, nStar));
}
