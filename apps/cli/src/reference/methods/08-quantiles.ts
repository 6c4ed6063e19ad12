import * as stats from '@app/stats';
import type { Input } from './method.js';

type Arm = stats.QuantileArm & stats.ClusterSums;

/** Quantiles, their intervals and comparisons, file 08. */
export function quantiles(input: Input): unknown {
  const { kind, nu, alpha } = input as { kind: string; nu: number; alpha: number };
  if (kind === 'one') {
    const x = stats.sortedValues((input as { x: number[] }).x);
    return {
      type7: stats.quantileType7(x, nu),
      type1: stats.quantileType1(x, nu),
      orderStatNormal: stats.quantileIntervalNormal(x, nu, alpha),
      orderStatExact: stats.quantileIntervalExact(x, nu, alpha),
    };
  }
  if (kind === 'clusteredRaw') return stats.clusteredQuantile((input as { units: number[][] }).units, nu);
  if (kind !== 'compare' && kind !== 'clustered') return undefined;
  const { control, treatment } = input as { control: Arm; treatment: Arm };
  const nested = (arm: Arm): stats.QuantileArm => (kind === 'clustered' ? { ...arm, clustered: arm } : arm);
  const compared = stats.compareQuantiles(nested(control), nested(treatment), nu, alpha);
  if (!compared) return { absolute: null, relative: null, undefined: true };
  const figures = (part: { estimate: number; test: stats.TwoMeansTest }) => ({
    ...part.test,
    estimate: part.estimate,
    p: part.test.pTwoSided,
  });
  return {
    unitVariance: compared.unitVariance,
    absolute: figures(compared.absolute),
    relative: compared.relative && figures(compared.relative),
    clusterVarianceOfIndicatorMean:
      kind === 'clustered' ? [control, treatment].map(stats.clusteredIndicatorVariance) : undefined,
  };
}
