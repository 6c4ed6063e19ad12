import {
  type Amount,
  type ArmMoments,
  type Direction,
  type MetricKind,
  momentsOfProportion,
} from '@app/stats';
import { binomial, normal, type Random } from '@app/simulation';

/** What units of one arm are like in one metric. */
export type Population =
  | { readonly kind: 'proportion'; readonly rate: number }
  | {
      readonly kind: 'moments';
      readonly mean: number;
      readonly variance: number;
      readonly denominator?: {
        readonly mean: number;
        readonly variance: number;
        readonly covariance: number;
      };
    };

/**
 * The population that an arm's moments were drawn from.
 *
 * @returns null when they don't tell: fewer than two units
 */
export function populationOf(kind: MetricKind, moments: ArmMoments): Population | null {
  if (moments.n < 2) return null;
  if (kind === 'proportion') return { kind: 'proportion', rate: Math.min(1, Math.max(0, moments.mean)) };
  const per = (sum: number): number => sum / (moments.n - 1);
  const { mean, m2, denominator } = moments;
  return {
    kind: 'moments',
    mean,
    variance: per(m2),
    ...(denominator && {
      denominator: {
        mean: denominator.mean,
        variance: per(denominator.m2),
        covariance: per(denominator.comoment),
      },
    }),
  };
}

/**
 * The population with its metric's value moved by an amount in the good (+1) or bad (−1) direction. A ratio is moved by
 * its numerator; a rate stays within [0, 1].
 */
export function moved(
  population: Population,
  amount: Pick<Amount, 'value' | 'type'>,
  towards: 1 | -1,
  direction: Direction,
): Population {
  const sign = towards * (direction === 'decrease' ? -1 : 1);
  if (population.kind === 'proportion') {
    const by = amount.type === 'relative' ? amount.value * population.rate : amount.value;
    return { kind: 'proportion', rate: Math.min(1, Math.max(0, population.rate + sign * by)) };
  }
  const scale = population.denominator?.mean ?? 1;
  const by = amount.type === 'relative' ? amount.value * Math.abs(population.mean) : amount.value * scale;
  return { ...population, mean: population.mean + sign * by };
}

/**
 * Moments of n units. Rates are exact; sums of other values are normal, as sums of many are, with the population's own
 * spread for a spread.
 */
export function drawMoments(random: Random, population: Population, n: number): ArmMoments {
  if (population.kind === 'proportion') return momentsOfProportion(binomial(random, n, population.rate), n);
  const { mean, variance, denominator } = population;
  if (n === 0) return { n: 0, mean: 0, m2: 0 };
  const [first, root] = [normal(random), Math.sqrt(n)];
  const drawn = { n, mean: mean + (Math.sqrt(variance) * first) / root, m2: variance * (n - 1) };
  if (!denominator) return drawn;
  const along = variance > 0 ? denominator.covariance / Math.sqrt(variance) : 0;
  const across = Math.sqrt(Math.max(0, denominator.variance - along * along));
  return {
    ...drawn,
    denominator: {
      mean: denominator.mean + (along * first + across * normal(random)) / root,
      m2: denominator.variance * (n - 1),
      comoment: denominator.covariance * (n - 1),
    },
  };
}
