import { compareCuped, differenceError } from '@app/stats';
import { allOf, meanWithin } from '../harness/judges.js';
import type { Bar, Judge, Row } from '../harness/row.js';
import { detectable, normalWithCovariate } from '../scenarios/index.js';
import { cuped, typeIRow } from './b01-fixed-tests.js';
import { fixedExperiment, LARGE, SMALL, type Sizes } from './fixed-experiment.js';

const scenario = normalWithCovariate(0.7);

/**
 * Replicates at which chance is small beside the bar. A pooled θ takes about effect / n off the effect: 0.01 of a standard
 * error here, half of what is allowed.
 */
const FULL = 100_000;

const bias: Judge = (tally) => meanWithin('bias in se', -0.02, 0.02, tally.replicates >= FULL ? 0 : 3)(tally);

function precisionRow(sizes: Sizes, replicates: { full: number; quick: number }): Row {
  const gain = detectable(scenario.sd, sizes.control, sizes.treatment);
  return {
    name: `precision and bias: ${scenario.name}, ${sizes.name}, 1 × MDE`,
    replicates,
    outputs: ['se ratio', 'bias in se'],
    prepare: fixedExperiment(scenario, sizes, gain, (control, treatment) => {
      const adjusted = compareCuped(control, treatment, 0.05)!;
      const plain = differenceError(control, treatment, 'welch')!;
      return [adjusted.test.se / plain.se, (adjusted.difference - gain) / adjusted.test.se];
    }),
    judge: allOf(meanWithin('se ratio', 0.7, 0.73), bias),
  };
}

export const b16: Bar = {
  id: 'B16',
  title: 'CUPED at a correlation of 0.7: the precision it promises, no bias, the level kept',
  rows: [
    precisionRow(SMALL, { full: FULL, quick: 200 }),
    precisionRow(LARGE, { full: 2_000, quick: 10 }),
    typeIRow('CUPED', scenario, SMALL, cuped),
    typeIRow('CUPED', scenario, LARGE, cuped),
  ],
};
