import type { BenchResult } from '../measure.js';
import { lookBenches } from './look.bench.js';
import { tailBenches } from './tails.bench.js';

/** The statistics library: a whole look, and tail probabilities against a peer. */
export function* statsBenches(): Generator<BenchResult> {
  yield* lookBenches();
  yield* tailBenches();
}
