import { beta } from '../random/continuous.js';
import { ordinal } from '../random/discrete.js';
import { normal } from '../random/normal.js';
import { CovariateArm, UnitArm } from './arms.js';
import { metricOf, type Scenario } from './scenario.js';

const newArm = (): UnitArm => new UnitArm();

/** 0/1 with probability p. */
export function bernoulli(p: number): Scenario {
  return {
    name: `Bernoulli ${p}`,
    metric: metricOf('proportion'),
    mean: p,
    sd: Math.sqrt(p * (1 - p)),
    newArm,
    units: (gain) => {
      const q = p + gain;
      return (random, arm) => arm.add(random.uniform() < q ? 1 : 0);
    },
  };
}

/** A score in [0, 1]: Beta(5, 2), or with the same a + b at another mean. */
export const betaScore: Scenario = {
  name: 'Beta(5, 2) score',
  metric: metricOf('mean', [0, 1]),
  mean: 5 / 7,
  sd: Math.sqrt(10 / (49 * 8)),
  newArm,
  units: (gain) => {
    const a = 7 * (5 / 7 + gain);
    return (random, arm) => arm.add(beta(random, a, 7 - a));
  },
};

const STARS = [0.05, 0.1, 0.2, 0.3, 0.35];

/** 1 … 5 stars at {5, 10, 20, 30, 35} %, tilted towards one end for another mean. */
export const stars: Scenario = {
  name: '1..5 stars',
  metric: metricOf('mean', [1, 5]),
  mean: meanOf(STARS),
  sd: 1.1771,
  newArm,
  units: (gain) => {
    const draw = ordinal(tilted(STARS, meanOf(STARS) + gain));
    return (random, arm) => arm.add(draw(random));
  },
};

function meanOf(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p, i) => sum + p * (i + 1), 0);
}

/** Probabilities ∝ p e^(ts) with the mean asked for. */
function tilted(probabilities: readonly number[], mean: number): number[] {
  const at = (t: number): number[] => {
    const weights = probabilities.map((p, i) => p * Math.exp(t * i));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  };
  let [low, high] = [-20, 20];
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (meanOf(at(middle)) < mean) low = middle;
    else high = middle;
  }
  return at((low + high) / 2);
}

/** Normal with mean 10 and sd 3, and a covariate that correlates by rho and no treatment moves. */
export function normalWithCovariate(rho: number): Scenario<CovariateArm> {
  const own = Math.sqrt(1 - rho * rho);
  return {
    name: `normal, covariate ${rho}`,
    metric: metricOf('mean'),
    mean: 10,
    sd: 3,
    newArm: () => new CovariateArm(),
    units: (gain) => (random, arm) => {
      const x = normal(random);
      arm.addPair(10 + gain + 3 * (rho * x + own * normal(random)), 20 + 5 * x);
    },
  };
}

/** 0/1 whose probability doubles or vanishes with a fair 0/1 covariate from before: mean p, correlation √(p/(1 − p)). */
export function binaryWithCovariate(p: number): Scenario<CovariateArm> {
  return {
    name: `Bernoulli ${p} with covariate`,
    metric: metricOf('proportion'),
    mean: p,
    sd: Math.sqrt(p * (1 - p)),
    newArm: () => new CovariateArm(),
    units: (gain) => (random, arm) => {
      const x = random.bits() & 1;
      arm.addPair(random.uniform() < 2 * (p + gain) * x ? 1 : 0, x);
    },
  };
}
