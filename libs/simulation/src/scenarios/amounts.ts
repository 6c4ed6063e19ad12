// Straight from their files: through the index every draw goes over a getter, and these draw millions.
import { beta, logNormal, zeroInflated } from '../random/continuous.js';
import { geometric } from '../random/discrete.js';
import { RatioArm, UnitArm } from './arms.js';
import { metricOf, type Scenario } from './scenario.js';

/** Latency per unit: lognormal with mean 1, raw. */
export function latency(sigma: number): Scenario {
  return {
    name: `lognormal ${sigma} raw`,
    metric: metricOf('mean'),
    mean: 1,
    sd: Math.sqrt(Math.expm1(sigma * sigma)),
    newArm: () => new UnitArm(),
    units: (gain) => {
      const mu = Math.log(1 + gain) - (sigma * sigma) / 2;
      return (random, arm) => arm.add(logNormal(random, mu, sigma));
    },
  };
}

/** Tokens: none for half of the units, else lognormal 0.7; mean 1. */
export const tokens: Scenario = {
  name: 'tokens, 50 % zeros',
  metric: metricOf('mean'),
  mean: 1,
  sd: Math.sqrt(2 * Math.exp(0.49) - 1),
  newArm: () => new UnitArm(),
  units: (gain) => {
    const mu = Math.log(2 * (1 + gain)) - 0.245;
    const positive = (random: Parameters<typeof logNormal>[0]): number => logNormal(random, mu, 0.7);
    return (random, arm) => arm.add(zeroInflated(random, 0.5, positive));
  },
};

/** Requests of a unit: one and, with mean four, more. */
const requestsOf = (random: Parameters<typeof geometric>[0]): number => 1 + geometric(random, 0.2);

/**
 * Share of requests that went well: unit effect Beta(2, 2), or with the same a + b at another mean, so that requests of a
 * unit correlate by 0.2.
 */
export const goodRequests: Scenario<RatioArm> = {
  name: 'requests that went well',
  metric: metricOf('ratio'),
  mean: 0.5,
  sd: 0.35,
  newArm: () => new RatioArm(),
  units: (gain) => {
    const a = 4 * (0.5 + gain);
    return (random, arm) => {
      const requests = requestsOf(random);
      const p = beta(random, a, 4 - a);
      let good = 0;
      for (let i = 0; i < requests; i++) if (random.uniform() < p) good++;
      arm.addPair(good, requests);
    };
  },
};

/** Cost per request: the unit's own level times a lognormal per request, both halves of the variance of the log. */
export function costPerRequest(sigma: number): Scenario<RatioArm> {
  const half = sigma / Math.SQRT2;
  return {
    name: `cost per request, lognormal ${sigma}`,
    metric: metricOf('ratio'),
    mean: 1,
    sd: 0.9 * Math.sqrt(Math.expm1(sigma * sigma)),
    newArm: () => new RatioArm(),
    units: (gain) => {
      const mu = Math.log(1 + gain) - (sigma * sigma) / 2;
      return (random, arm) => {
        const requests = requestsOf(random);
        const level = logNormal(random, mu, half);
        let cost = 0;
        for (let i = 0; i < requests; i++) cost += level * logNormal(random, 0, half);
        arm.addPair(cost, requests);
      };
    },
  };
}
