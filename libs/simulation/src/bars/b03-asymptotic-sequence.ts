import { tuneTwoSided, twoSidedLogP } from '@app/stats';
import { atMost } from '../harness/judges.js';
import type { Bar, Row } from '../harness/row.js';
import { normal } from '../random/normal.js';
import { bernoulli, betaScore, latency, stars, tokens, type Scenario } from '../scenarios/index.js';
import { ALPHA, HUNDREDTH, REJECTION_OUTPUTS, SPLITS, watchForRejection, type Split } from './peeking.js';
import { hourlyRamp } from './ramp.js';

const judge = atMost('ever rejects', ALPHA);

function row(scenario: Scenario, split: Split): Row {
  return {
    name: `${scenario.name}, ${split.name}`,
    replicates: { full: 2_000, quick: 6 },
    outputs: REJECTION_OUTPUTS,
    prepare: watchForRejection(scenario, split),
    judge,
  };
}

/** The limit that every mean goes to: partial sums of normals, peeked at 10,000 times. */
const brownian: Row = {
  name: 'Brownian motion, N* = Nmax/2',
  replicates: { full: 10_000, quick: 200 },
  outputs: ['ever rejects'],
  prepare: () => {
    const rho = tuneTwoSided(ALPHA, 5_000);
    const logAlpha = Math.log(ALPHA);
    const point = { estimate: 0, se: 0, n: 0 };
    return (random) => {
      let sum = 0;
      for (let n = 1; n <= 10_000; n++) {
        sum += normal(random);
        point.estimate = sum / n;
        point.se = 1 / Math.sqrt(n);
        point.n = n;
        if (twoSidedLogP(point, rho) <= logAlpha) return [1];
      }
      return [0];
    };
  },
  judge,
};

function rampRow(scenario: Scenario, units: number, drift: readonly number[]): Row {
  return {
    name: `${scenario.name}, ramp 1-5-25-50 % over four weeks, hourly`,
    replicates: { full: 2_000, quick: 6 },
    outputs: ['ever rejects'],
    prepare: hourlyRamp(scenario, units, drift),
    judge,
  };
}

export const b03: Bar = {
  id: 'B3',
  title: 'the asymptotic sequence under 10,000 peeks, no difference',
  rows: [
    brownian,
    ...[0.01, 0.05, 0.3, 0.5].flatMap((p) => SPLITS.map((split) => row(bernoulli(p), split))),
    ...[1, 1.5].flatMap((sigma) => SPLITS.map((split) => row(latency(sigma), split))),
    ...[betaScore, stars, tokens].map((scenario) => row(scenario, HUNDREDTH)),
    rampRow(bernoulli(0.05), 40_000, [0, 0.02, -0.02, 0.01]),
    rampRow(stars, 40_000, [0, 0.3, -0.3, 0]),
  ],
};
