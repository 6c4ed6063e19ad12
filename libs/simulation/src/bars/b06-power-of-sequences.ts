import { meansSampleSize, tuneTwoSided, twoSidedLogP } from '@app/stats';
import { allOf, atLeast } from '../harness/judges.js';
import type { Bar, Judge, Row } from '../harness/row.js';
import { shown } from '../harness/judges.js';
import { untilStopped } from './brownian-experiment.js';
import { ALPHA } from './peeking.js';

const LOG_ALPHA = Math.log(ALPHA);
const EFFECT = 0.1;

/** Units of both arms of a fixed test for the effect. */
const fixedUnits = (power: number): number =>
  2 * meansSampleSize({ var1: 1, var2: 1, ratio: 1, alpha: ALPHA, sides: 2 }, EFFECT, power).n1;

interface Setting {
  readonly power: number;
  readonly looks: number;
  /** Largest sample over that of the fixed test, and N* over the largest sample. */
  readonly inflation: number;
  readonly nStar: number;
}

/** Whether the sequence finds the effect, and the sample it took over that of the fixed test. */
function powerRow(name: string, setting: Setting, judge: Judge, full = 20_000): Row {
  return {
    name,
    replicates: { full, quick: 400 },
    outputs: ['power', 'mean sample'],
    prepare: () => {
      const units = fixedUnits(setting.power) * setting.inflation;
      const rho = tuneTwoSided(ALPHA, units * setting.nStar);
      const { looks } = setting;
      return (random) => {
        const stopped = untilStopped(
          random,
          { units, looks, effect: EFFECT },
          (point) => twoSidedLogP(point, rho) <= LOG_ALPHA,
        );
        return [stopped === null ? 0 : 1, (setting.inflation * (stopped ?? looks)) / looks];
      };
    },
    judge,
  };
}

const meanAtMost =
  (output: string, bar: number): Judge =>
  (tally) => {
    const limit = bar + 3 * tally.error(output);
    return {
      figures: { [output]: tally.mean(output) },
      band: `≤ ${shown(limit)}`,
      pass: tally.mean(output) <= limit,
    };
  };

export const b06: Bar = {
  id: 'B6',
  title: 'power of the sequence with the sample of a fixed test',
  rows: [0.5, 1].flatMap((nStar) =>
    (
      [
        [0.8, 1_000, 0.52],
        [0.9, 1_000, 0.68],
        [0.8, 14, 0.47],
        [0.9, 14, 0.63],
      ] as const
    ).map(([power, looks, bar]) =>
      powerRow(
        `a fixed test's ${power * 100} %, ${looks} looks, N* = ${nStar} of the sample`,
        { power, looks, inflation: 1, nStar },
        atLeast('power', bar),
      ),
    ),
  ),
};

export const b07: Bar = {
  id: 'B7',
  title: 'the sample that regains the power of a fixed test, and where it stops on average',
  rows: (
    [
      [0.8, 1.7, 1.05],
      [0.9, 1.62, 0.85],
    ] as const
  ).map(([power, inflation, sample]) =>
    powerRow(
      `${power * 100} % with ${inflation} times the sample, 1,000 looks`,
      { power, looks: 1_000, inflation, nStar: 1 },
      allOf(atLeast('power', power), meanAtMost('mean sample', sample)),
    ),
  ),
};
