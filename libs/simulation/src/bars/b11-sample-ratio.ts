import { pFromLogE, srmLogE } from '@app/stats';
import { atLeast, atMost } from '../harness/judges.js';
import type { Bar, Row } from '../harness/row.js';
import { binomial } from '../random/discrete.js';

interface Arrival {
  /** The first arm's share as it arrives; both are planned to have half. */
  readonly share: number;
  readonly updates: number;
  readonly unitsPerUpdate: number;
  readonly alpha: number;
}

function alarmRow(
  name: string,
  { share, updates, unitsPerUpdate, alpha }: Arrival,
  over: Pick<Row, 'judge' | 'replicates'>,
): Row {
  return {
    ...over,
    name,
    outputs: ['alarm', 'units at alarm'],
    prepare: () => (random) => {
      const counts = [0, 0];
      for (let update = 1; update <= updates; update++) {
        const first =
          unitsPerUpdate === 1 ? random.bernoulli(share) : binomial(random, unitsPerUpdate, share);
        counts[0]! += first;
        counts[1]! += unitsPerUpdate - first;
        if (pFromLogE(srmLogE(counts, [1, 1])) <= alpha) return [1, update * unitsPerUpdate];
      }
      return [0, null];
    },
  };
}

export const b11: Bar = {
  id: 'B11',
  title: 'sequential sample ratio: quiet while the split is right, quick when it is not',
  rows: [
    alarmRow(
      '50/50, an update a unit',
      { share: 0.5, updates: 10_000, unitsPerUpdate: 1, alpha: 0.01 },
      { replicates: { full: 2_000, quick: 40 }, judge: atMost('alarm', 0.01) },
    ),
    alarmRow(
      '50/50, a hundred units an update',
      { share: 0.5, updates: 10_000, unitsPerUpdate: 100, alpha: 0.01 },
      { replicates: { full: 2_000, quick: 20 }, judge: atMost('alarm', 0.01) },
    ),
    alarmRow(
      '51/49 instead of 50/50, within 100,000 units',
      { share: 0.51, updates: 1_000, unitsPerUpdate: 100, alpha: 0.001 },
      { replicates: { full: 2_000, quick: 60 }, judge: atLeast('alarm', 0.97) },
    ),
  ],
};
