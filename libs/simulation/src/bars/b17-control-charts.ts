import { cusumPath } from '@app/stats';
import type { Bar, Judge, Row } from '../harness/row.js';
import { shown } from '../harness/judges.js';
import { normal } from '../random/normal.js';

const CHART = { mu0: 0, sigma: 1, k: 0.5, h: 5 };

/** Run length from the start, the chart fed value after value in stretches. */
function runLengthRow(name: string, shift: number, stretch: number, full: number, judge: Judge): Row {
  return {
    name,
    replicates: { full, quick: 300 },
    outputs: ['run length'],
    prepare: () => (random) => {
      for (let length = stretch; ; length *= 2) {
        // Longer from the start, with the same numbers: a chart has no state of its own to go on from.
        const x = Array.from({ length }, () => shift + normal(random));
        const { alarmIndex } = cusumPath(x, CHART);
        if (alarmIndex !== null) return [alarmIndex];
      }
    },
    judge,
  };
}

const within =
  (target: number, share: number): Judge =>
  (tally) => {
    const mean = tally.mean('run length');
    const slack = target * share + (tally.replicates >= 10_000 ? 0 : 3 * tally.error('run length'));
    return {
      figures: { 'run length': mean },
      band: `${shown(target - slack)} … ${shown(target + slack)}`,
      pass: Math.abs(mean - target) <= slack,
    };
  };

export const b17: Bar = {
  id: 'B17',
  title: 'run lengths of the two-sided CUSUM, k = 0.5, h = 5',
  rows: [
    runLengthRow('in control', 0, 8_000, 20_000, within(465, 0.05)),
    runLengthRow('one sigma off', 1, 400, 40_000, within(10.4, 0.03)),
  ],
};
