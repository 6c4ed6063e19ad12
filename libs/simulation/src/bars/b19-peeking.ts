import { addToMoments, compareMeans, EMPTY_MOMENTS } from '@app/stats';
import type { Bar, Judge } from '../harness/row.js';
import { shown } from '../harness/judges.js';
import { normal } from '../random/normal.js';

const LOOKS = 1_000;
const UNITS_PER_LOOK = 10;

const above =
  (output: string, bar: number): Judge =>
  (tally) => ({
    figures: { [output]: tally.mean(output) },
    band: `> ${shown(bar)}`,
    pass: tally.mean(output) > bar,
  });

/** The harness must see a broken method: a fixed test looked at a thousand times. */
export const b19: Bar = {
  id: 'B19',
  title: 'a fixed test peeked at 1,000 times errs in nearly every second run',
  rows: [
    {
      name: 'Welch at 5 %, 1,000 looks, no difference',
      replicates: { full: 2_000, quick: 100 },
      outputs: ['ever rejects'],
      prepare: () => (random) => {
        let control = EMPTY_MOMENTS;
        let treatment = EMPTY_MOMENTS;
        for (let look = 1; look <= LOOKS; look++) {
          for (let i = 0; i < UNITS_PER_LOOK; i++) {
            control = addToMoments(control, normal(random));
            treatment = addToMoments(treatment, normal(random));
          }
          if (compareMeans(control, treatment, 0.05)!.pTwoSided <= 0.05) return [1];
        }
        return [0];
      },
      judge: above('ever rejects', 0.45),
    },
  ],
};
