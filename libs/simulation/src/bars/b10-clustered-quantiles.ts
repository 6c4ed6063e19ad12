import {
  clusteredQuantile,
  compareQuantiles,
  quantileIntervalNormal,
  sortedValues,
  type QuantileArm,
} from '@app/stats';
import { above, rateWithin } from '../harness/judges.js';
import type { Bar, Replicate, Row } from '../harness/row.js';
import { geometric, normal, type Random } from '../random/index.js';

const USERS = 300;
const LEVEL = 0.05;

/** Latencies of every user's requests: lognormal 0.35, around a level of the user of sd 0.5 in the log. */
function drawUsers(random: Random): number[][] {
  return Array.from({ length: USERS }, () => {
    const level = 0.5 * normal(random);
    return Array.from({ length: 1 + geometric(random, 0.2) }, () => Math.exp(level + 0.35 * normal(random)));
  });
}

function armOf(users: number[][], nu: number, clustered: boolean): QuantileArm {
  const sums = clusteredQuantile(users, nu)!;
  const { ci } = quantileIntervalNormal(sortedValues(users.flat()), nu, 0.05)!;
  return {
    n: sums.n,
    nStar: sums.n,
    quantileHat: sums.quantileType1,
    quantileLower: ci[0]!,
    quantileUpper: ci[1]!,
    ...(clustered && { clustered: sums }),
  };
}

/** Two equal groups of users compared at a quantile of their requests. */
export function quantileExperiment(nu: number, clustered: boolean): () => Replicate {
  return () => (random) => {
    const [control, treatment] = [drawUsers(random), drawUsers(random)];
    const result = compareQuantiles(
      armOf(control, nu, clustered),
      armOf(treatment, nu, clustered),
      nu,
      LEVEL,
    );
    return [result !== null && result.absolute.test.pTwoSided <= LEVEL ? 1 : 0];
  };
}

/** Type-I error that clustered quantiles keep. */
export const quantileBand = rateWithin('rejects', 0.025, 0.065, 4_000);

function row(nu: number, clustered: boolean): Row {
  return {
    name: `p${nu * 100} of requests, ${USERS} users per arm, ${clustered ? 'clustered' : 'as if independent'}`,
    replicates: { full: 4_000, quick: 120 },
    outputs: ['rejects'],
    prepare: quantileExperiment(nu, clustered),
    judge: clustered ? quantileBand : above('rejects', 0.15),
  };
}

export const b10: Bar = {
  id: 'B10',
  title: 'quantiles of events nested in users; ignoring the users must show',
  rows: [row(0.5, true), row(0.95, true), row(0.5, false), row(0.95, false)],
};
