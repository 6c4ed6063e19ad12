import { distributions } from './01-distributions.js';
import { proportions } from './02-proportions.js';
import { means } from './03-means.js';
import { relativeLift } from './04-relative-lift.js';
import { ratioMetrics } from './05-ratio-metrics.js';
import { cuped } from './06-cuped.js';
import { srm } from './07-srm.js';
import { quantiles } from './08-quantiles.js';
import { sequential } from './09-sequential.js';
import { groupSequential } from './10-group-sequential.js';
import { bayesian } from './11-bayesian.js';
import { multipleComparisons } from './12-multiple-comparisons.js';
import { power } from './13-power.js';
import { nonparametricDrift } from './14-nonparametric-drift.js';
import { nistStrd } from './15-nist-strd.js';
import type { Method } from './method.js';

export type { Method } from './method.js';

/** By the number a file's name begins with; a number that is missing here is reported as unsupported. */
export const METHODS: Readonly<Record<string, Method>> = {
  '01': distributions,
  '02': proportions,
  '03': means,
  '04': relativeLift,
  '05': ratioMetrics,
  '06': cuped,
  '07': srm,
  '08': quantiles,
  '09': sequential,
  '10': groupSequential,
  '11': bayesian,
  '12': multipleComparisons,
  '13': power,
  '14': nonparametricDrift,
  '15': nistStrd,
};
