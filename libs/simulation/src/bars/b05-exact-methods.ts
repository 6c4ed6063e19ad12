import {
  bernoulliInterval,
  bettingMartingale,
  bettingPath,
  empiricalBernsteinPath,
  labelLogE,
  labelTheta,
  mixtureEmpiricalBernsteinLower,
  rateGapLogE,
} from '@app/stats';
import { atMost } from '../harness/judges.js';
import type { Bar, Replicate, Row } from '../harness/row.js';
import { beta, type Random } from '../random/index.js';

/** A row about the share of runs in which an exact method is wrong at any n from 1. */
function errs(name: string, alpha: number, full: number, prepare: () => Replicate, quick = 20): Row {
  return {
    name,
    replicates: { full, quick },
    outputs: ['ever errs'],
    prepare,
    judge: atMost('ever errs', alpha),
  };
}

/** Events one by one, each the canary's with probability theta, through phases of a ramp; phases multiply. */
function labelRow(
  phases: ReadonlyArray<{ share: number; events: number }>,
  margin: number,
  alpha: number,
): Row {
  const shares = phases.map(({ share }) => share).join(', ');
  return errs(
    `label e-process, share ${shares}, margin ${margin}, alpha ${alpha}`,
    alpha,
    4_000,
    () => (random) => {
      let before = 0;
      for (const { share, events } of phases) {
        const theta = labelTheta(share, margin);
        let x = 0;
        let logE = 0;
        for (let n = 1; n <= events; n++) {
          if (random.uniform() < theta) x++;
          logE = labelLogE({ treatmentEvents: x, events: n, theta });
          if (before + logE >= -Math.log(alpha)) return [1];
        }
        before += logE;
      }
      return [0];
    },
  );
}

/** Two rates at the border of the null, unit by unit. */
function rateGapRow(rate: number, share: number, null_: { offset: number; slope: number }): Row {
  const alpha = 0.05;
  const treatmentRate = null_.offset + null_.slope * rate;
  const name = `two unknown rates, ${rate} against ${treatmentRate}, share ${share}`;
  return errs(
    name,
    alpha,
    1_000,
    () => (random) => {
      const counts = { treatmentEvents: 0, treatmentUnits: 0, controlEvents: 0, controlUnits: 0 };
      for (let n = 1; n <= 10_000; n++) {
        if (random.uniform() < share) {
          counts.treatmentUnits++;
          counts.treatmentEvents += random.bernoulli(treatmentRate);
        } else {
          counts.controlUnits++;
          counts.controlEvents += random.bernoulli(rate);
        }
        if (rateGapLogE(counts, null_) >= -Math.log(alpha)) return [1];
      }
      return [0];
    },
    3,
  );
}

/** Every n to 300, then every 20th to 5,000: the interval moves by less than its own rounding in between. */
function bernoulliRow(p: number): Row {
  const alpha = 0.05;
  return errs(
    `Bernoulli sequence, p ${p}`,
    alpha,
    1_000,
    () => (random) => {
      let sum = 0;
      for (let n = 1; n <= 5_000; n++) {
        sum += random.bernoulli(p);
        if (n > 300 && n % 20 !== 0) continue;
        const [lower, upper] = bernoulliInterval({ sum, n, alpha, tOpt: 2_500 });
        if (p < lower || p > upper) return [1];
      }
      return [0];
    },
    3,
  );
}

interface Bounded {
  readonly name: string;
  readonly mean: number;
  readonly draw: (random: Random) => number;
}

const BOUNDED: readonly Bounded[] = [
  { name: 'Bernoulli 0.01', mean: 0.01, draw: (random) => random.bernoulli(0.01) },
  { name: 'Bernoulli 0.5', mean: 0.5, draw: (random) => random.bernoulli(0.5) },
  { name: 'Beta(5, 2)', mean: 5 / 7, draw: (random) => beta(random, 5, 2) },
];

/** A method that takes a run of n observations at once and says at which of them it was wrong. */
function pathRow(
  method: string,
  of: Bounded,
  n: number,
  isWrong: (x: readonly number[], mean: number) => boolean,
  full = 2_000,
): Row {
  return errs(
    `${method}, ${of.name}, every n to ${n}`,
    0.05,
    full,
    () => {
      const x = new Array<number>(n).fill(0);
      return (random) => {
        for (let i = 0; i < n; i++) x[i] = of.draw(random);
        return [isWrong(x, of.mean) ? 1 : 0];
      };
    },
    10,
  );
}

const betting = (x: readonly number[], mean: number): boolean =>
  bettingMartingale(x, mean, 0.05).some((capital) => capital >= 1 / 0.05);
const empiricalBernstein = (x: readonly number[], mean: number): boolean => {
  const { lower, upper } = empiricalBernsteinPath(x, 0.05);
  return lower.some((end, i) => mean < end || mean > upper[i]!);
};
const bettingInterval = (x: readonly number[], mean: number): boolean => {
  const { lower, upper } = bettingPath(x, 0.05);
  return lower.some((end, i) => mean < end || mean > upper[i]!);
};
const mixture = (x: readonly number[], mean: number): boolean =>
  mixtureEmpiricalBernsteinLower(x, 0.05, 500).some((end) => mean < end);

export const b05: Bar = {
  id: 'B5',
  title: 'exact methods err at most alpha at every n from 1, without burn-in',
  rows: [
    labelRow([{ share: 0.01, events: 2_000 }], 0, 0.01),
    labelRow([{ share: 0.05, events: 2_000 }], 0, 0.05),
    labelRow([{ share: 0.5, events: 2_000 }], 0, 0.05),
    labelRow([{ share: 0.05, events: 2_000 }], 0.5, 0.05),
    labelRow(
      [0.01, 0.05, 0.25, 0.5].map((share) => ({ share, events: 500 })),
      0,
      0.05,
    ),
    rateGapRow(0.02, 0.5, { offset: 0, slope: 1 }),
    rateGapRow(0.02, 0.05, { offset: 0, slope: 1 }),
    rateGapRow(0.3, 0.5, { offset: 0.02, slope: 1 }),
    ...[0.01, 0.3].map(bernoulliRow),
    ...BOUNDED.map((of) => pathRow('betting capital', of, 10_000, betting)),
    ...BOUNDED.map((of) => pathRow('empirical Bernstein', of, 10_000, empiricalBernstein)),
    ...BOUNDED.map((of) => pathRow('mixture of empirical Bernstein', of, 400, mixture)),
    pathRow('betting interval', BOUNDED[2]!, 60, bettingInterval),
  ],
};
