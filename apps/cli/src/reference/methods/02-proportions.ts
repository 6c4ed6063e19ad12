import * as stats from '@app/stats';
import type { Input } from './method.js';

/** Two-sample and k-sample proportions, file 02. */
export function proportions(input: Input): unknown {
  const { kind } = input as { kind: string };
  if (kind === 'kSample') {
    const { x, n } = input as { x: number[]; n: number[] };
    return stats.equalProportions(x, n) ?? { chiSquare: null, gTest: null };
  }
  return kind === 'twoSample' ? twoSample(input as unknown as TwoSampleInput) : undefined;
}

type TwoSampleInput = stats.TwoProportions & { readonly alpha: number };

function twoSample(input: TwoSampleInput): unknown {
  const { x1, n1, x2, n2, alpha } = input;
  const arm = (x: number, n: number) => ({
    wilson: stats.wilsonInterval(x, n, alpha),
    agrestiCoull: stats.agrestiCoullInterval(x, n, alpha),
    clopperPearson: stats.clopperPearsonInterval(x, n, alpha),
    jeffreys: stats.jeffreysInterval(x, n, alpha),
  });
  return {
    p1: x1 / n1,
    p2: x2 / n2,
    difference: x2 / n2 - x1 / n1,
    pooledZ: stats.pooledZ(input),
    unpooledZ: stats.unpooledZ(input),
    waldCi: stats.waldInterval(input, alpha),
    newcombeCi: stats.newcombeInterval(input, alpha),
    agrestiCaffoCi: stats.agrestiCaffoInterval(input, alpha),
    miettinenNurminenCi: stats.scoreInterval(input, alpha, 'miettinen-nurminen'),
    meeCi: stats.scoreInterval(input, alpha, 'mee'),
    arm1: arm(x1, n1),
    arm2: arm(x2, n2),
    fisher: stats.fisherExact(input),
    ...(stats.equalProportions([x1, x2], [n1, n2]) ?? { chiSquare: null, gTest: null }),
  };
}
