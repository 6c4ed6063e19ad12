import { compareCuped, compareMeans, compareRatios, newcombeInterval, type ArmMoments } from '@app/stats';
import { rateWithin, shown } from '../harness/judges.js';
import type { Bar, Judge, Row } from '../harness/row.js';
import { binomial } from '../random/discrete.js';
import {
  betaScore,
  detectable,
  goodRequests,
  latency,
  normalWithCovariate,
  stars,
  tokens,
  type Scenario,
  type UnitArm,
} from '../scenarios/index.js';
import { liftTest } from './b01-fixed-tests.js';
import { fixedExperiment, LARGE, SMALL, TENTH, type Sizes } from './fixed-experiment.js';

const LEVEL = 0.05;

type IntervalOf = (control: ArmMoments, treatment: ArmMoments) => readonly [number, number] | undefined;

const difference: IntervalOf = (control, treatment) => compareMeans(control, treatment, LEVEL)?.ci;
const cuped: IntervalOf = (control, treatment) => compareCuped(control, treatment, LEVEL)?.test.ci;
const ratio: IntervalOf = (control, treatment) => compareRatios(control, treatment, LEVEL).absolute?.t.ci;
const ratioLift: IntervalOf = (control, treatment) => compareRatios(control, treatment, LEVEL).relative?.t.ci;
const lift: IntervalOf = (control, treatment) => liftTest(control, treatment)?.ci;

interface Coverage<A extends UnitArm> {
  readonly name: string;
  readonly scenario: Scenario<A>;
  readonly sizes: Sizes;
  /** The true effect, in detectable effects at these sizes; negative lowers the mean. */
  readonly effect: number;
  readonly interval: IntervalOf;
  /** Whether the interval is of the lift. */
  readonly relative?: boolean;
}

/** How often a 95 % interval covers the true effect. */
function coverageRow<A extends UnitArm>(of: Coverage<A>): Row {
  const { scenario, sizes, effect, interval } = of;
  const gain = effect * detectable(scenario.sd, sizes.control, sizes.treatment);
  const truth = of.relative ? gain / scenario.mean : gain;
  return {
    name: `${of.name}: ${scenario.name}, ${sizes.name}, ${effect} × MDE`,
    replicates: { full: 10_000, quick: 60 },
    outputs: ['covers'],
    prepare: fixedExperiment(scenario, sizes, gain, (control, treatment) => {
      const ci = interval(control, treatment);
      return [ci !== undefined && ci[0] <= truth && truth <= ci[1] ? 1 : 0];
    }),
    judge: rateWithin('covers', 0.94, 0.96),
  };
}

const RATES = [0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99];

/**
 * Pairs of rates up to three detectable effects apart. Beyond that, between a rate near 0 and one near 1, Newcombe's
 * interval itself falls short of 0.93 in small samples: exactly 0.921 for 0.01 against 0.99 with 50 per arm.
 */
function pairsWithin({ control, treatment }: Sizes): Array<{ p1: number; p2: number; name: string }> {
  return RATES.flatMap((p1) => {
    const reach = 3 * detectable(Math.sqrt(p1 * (1 - p1)), control, treatment);
    return RATES.filter((p2) => Math.abs(p2 - p1) <= reach).map((p2) => ({
      p1,
      p2,
      name: `${p1} against ${p2}`,
    }));
  });
}

/** The worst pair of rates decides. */
const worstOf =
  (names: readonly string[]): Judge =>
  (tally) => {
    const worst = names.reduce((a, b) => (tally.mean(b) < tally.mean(a) ? b : a));
    const limit = 0.93 - 3 * Math.sqrt((0.93 * 0.07) / tally.replicates);
    return {
      figures: { [`covers, ${worst}`]: tally.mean(worst) },
      band: `≥ ${shown(limit)}`,
      pass: tally.mean(worst) >= limit,
    };
  };

function newcombeRow(sizes: Sizes): Row {
  const { name, control, treatment } = sizes;
  const pairs = pairsWithin(sizes);
  const names = pairs.map((pair) => pair.name);
  return {
    name: `Newcombe, ${pairs.length} pairs of rates 0.01 … 0.99, ${name}`,
    replicates: { full: 10_000, quick: 60 },
    outputs: names,
    prepare: () => (random) =>
      pairs.map(({ p1, p2 }) => {
        const counts = {
          x1: binomial(random, control, p1),
          n1: control,
          x2: binomial(random, treatment, p2),
          n2: treatment,
        };
        const [lower, upper] = newcombeInterval(counts, LEVEL);
        return lower <= p2 - p1 && p2 - p1 <= upper ? 1 : 0;
      }),
    judge: worstOf(names),
  };
}

const normalWith = normalWithCovariate;

export const b02: Bar = {
  id: 'B2',
  title: 'intervals of fixed tests cover the true effect',
  rows: [
    ...[1, 3].flatMap((effect) => [
      ...[SMALL, TENTH, LARGE].map((sizes) =>
        coverageRow({ name: 'Welch', scenario: stars, sizes, effect, interval: difference }),
      ),
      ...[betaScore, latency(0.7), tokens].map((scenario) =>
        coverageRow({ name: 'Welch', scenario, sizes: SMALL, effect, interval: difference }),
      ),
      ...[0.5, 0.9].map((rho) =>
        coverageRow({ name: 'CUPED', scenario: normalWith(rho), sizes: SMALL, effect, interval: cuped }),
      ),
      coverageRow({ name: 'CUPED', scenario: normalWith(0.5), sizes: TENTH, effect, interval: cuped }),
      ...[SMALL, TENTH].map((sizes) =>
        coverageRow({ name: 'ratio', scenario: goodRequests, sizes, effect, interval: ratio }),
      ),
      coverageRow({
        name: 'ratio, lift',
        scenario: goodRequests,
        sizes: SMALL,
        effect,
        interval: ratioLift,
        relative: true,
      }),
      ...[stars, latency(0.7)].map((scenario) =>
        coverageRow({ name: 'lift', scenario, sizes: SMALL, effect, interval: lift, relative: true }),
      ),
    ]),
    newcombeRow({ name: '50 per arm', control: 50, treatment: 50 }),
    newcombeRow({ name: '50 against 450', control: 450, treatment: 50 }),
    newcombeRow(SMALL),
    newcombeRow(LARGE),
  ],
};
