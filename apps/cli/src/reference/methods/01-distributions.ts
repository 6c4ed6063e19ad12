import * as stats from '@app/stats';
import type { Input } from './method.js';

type Tail = (x: number, ...parameters: number[]) => number;
type Functions = Readonly<Record<string, Tail>>;

const FUNCTIONS: Readonly<Record<string, { parameters: readonly string[]; fn: Functions }>> = {
  normal: {
    parameters: [],
    fn: {
      cdf: stats.normalCdf,
      sf: stats.normalSf,
      logcdf: stats.normalLogCdf,
      logsf: stats.normalLogSf,
      quantile: stats.normalQuantile,
      isf: stats.normalIsf,
    },
  },
  t: {
    parameters: ['df'],
    fn: {
      cdf: stats.studentTCdf,
      sf: stats.studentTSf,
      logcdf: stats.studentTLogCdf,
      logsf: stats.studentTLogSf,
      quantile: stats.studentTQuantile,
      isf: stats.studentTIsf,
    },
  },
  chi2: {
    parameters: ['df'],
    fn: {
      cdf: stats.chiSquaredCdf,
      sf: stats.chiSquaredSf,
      logcdf: stats.chiSquaredLogCdf,
      logsf: stats.chiSquaredLogSf,
      quantile: stats.chiSquaredQuantile,
      isf: stats.chiSquaredIsf,
    },
  },
  f: {
    parameters: ['df1', 'df2'],
    fn: {
      cdf: stats.fCdf,
      sf: stats.fSf,
      logcdf: stats.fLogCdf,
      logsf: stats.fLogSf,
      quantile: stats.fQuantile,
      isf: stats.fIsf,
    } as Functions,
  },
  beta: {
    parameters: ['a', 'b'],
    fn: {
      cdf: stats.betaCdf,
      sf: stats.betaSf,
      logcdf: stats.betaLogCdf,
      logsf: stats.betaLogSf,
      quantile: stats.betaQuantile,
      isf: stats.betaIsf,
    } as Functions,
  },
  gamma: {
    parameters: ['shape', 'scale'],
    fn: {
      cdf: stats.gammaCdf,
      sf: stats.gammaSf,
      logcdf: stats.gammaLogCdf,
      logsf: stats.gammaLogSf,
      quantile: stats.gammaQuantile,
      isf: stats.gammaIsf,
    } as Functions,
  },
  binomial: {
    parameters: ['n', 'p'],
    fn: {
      cdf: stats.binomialCdf,
      sf: stats.binomialSf,
      logcdf: stats.binomialLogCdf,
      logsf: stats.binomialLogSf,
      quantile: stats.binomialQuantile,
    } as Functions,
  },
};

/** Distribution functions, file 01. */
export function distributions(input: Input): unknown {
  const { dist, fn, args } = input as { dist: string; fn: string; args: Record<string, number> };
  const entry = FUNCTIONS[dist];
  const call = entry?.fn[fn];
  if (!entry || !call) return undefined;
  // The binomial's own p is a parameter, so its probability argument is called prob.
  const at = args['x'] ?? args['k'] ?? args['prob'] ?? args['p'];
  return { value: call(at!, ...entry.parameters.map((name) => args[name]!)) };
}
