import * as stats from '@app/stats';
import { bothArms } from './03-means.js';
import type { Input } from './method.js';

const UNDEFINED = { lift: null, delta: null, absolute: null, logRatio: null, fiellerZ: null, fiellerT: null };

/** Delta, log-ratio and Fieller intervals of a lift, file 04. */
export function relativeLift(input: Input): unknown {
  const { alpha } = input as { alpha: number };
  const [control, treatment] = bothArms(input);
  const welch = stats.compareMeans(control, treatment, alpha);
  if (!welch || control.mean === 0) return UNDEFINED;
  const pair = {
    mean1: control.mean,
    variance1: stats.sampleVariance(control)! / control.n,
    mean2: treatment.mean,
    variance2: stats.sampleVariance(treatment)! / treatment.n,
  };
  const z = stats.deltaLiftTest(pair, Infinity, alpha);
  const t = stats.deltaLiftTest(pair, welch.df, alpha);
  return {
    lift: stats.deltaLift(pair)!.lift,
    delta: z &&
      t && {
        se: z.se,
        statistic: z.statistic,
        df: t.df,
        ciZ: z.ci,
        ciT: t.ci,
        pZ: z.pTwoSided,
        pT: t.pTwoSided,
      },
    absolute: {
      difference: treatment.mean - control.mean,
      se: welch.se,
      statistic: welch.statistic,
      pWelch: welch.pTwoSided,
    },
    logRatio: stats.logRatioLift(pair, alpha),
    fiellerZ: stats.fiellerSet({ ...pair, quantile: stats.normalIsf(alpha / 2) }),
    fiellerT: stats.fiellerSet({ ...pair, quantile: stats.studentTIsf(alpha / 2, welch.df) }),
  };
}
