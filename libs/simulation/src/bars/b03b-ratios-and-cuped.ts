import { atMost } from '../harness/judges.js';
import type { Bar, Row } from '../harness/row.js';
import {
  binaryWithCovariate,
  costPerRequest,
  normalWithCovariate,
  type CovariateArm,
  type Scenario,
} from '../scenarios/index.js';
import { ALPHA, REJECTION_OUTPUTS, SPLITS, watchForRejection, type Split } from './peeking.js';

const judge = atMost('ever rejects', ALPHA);

function ratioRow(sigma: number, split: Split): Row {
  return {
    name: `${costPerRequest(sigma).name}, ${split.name}`,
    replicates: { full: split.share < 0.05 ? 1_000 : 2_000, quick: 2 },
    outputs: REJECTION_OUTPUTS,
    prepare: watchForRejection(costPerRequest(sigma), split),
    judge,
  };
}

/** The sequence around the covariate-adjusted difference, θ estimated anew at every peek. */
function cupedRow(scenario: Scenario<CovariateArm>, split: Split): Row {
  return {
    name: `CUPED: ${scenario.name}, ${split.name}`,
    replicates: { full: 1_000, quick: 2 },
    outputs: REJECTION_OUTPUTS,
    prepare: watchForRejection(scenario, split, { adjusted: true }),
    judge,
  };
}

export const b03b: Bar = {
  id: 'B3b',
  title: 'the asymptotic sequence of ratios and of adjusted means under 10,000 peeks, no difference',
  rows: [
    ...[1, 1.5].flatMap((sigma) => SPLITS.map((split) => ratioRow(sigma, split))),
    ...SPLITS.map((split) => cupedRow(normalWithCovariate(0.7), split)),
    ...SPLITS.map((split) => cupedRow(binaryWithCovariate(0.05), split)),
  ],
};
