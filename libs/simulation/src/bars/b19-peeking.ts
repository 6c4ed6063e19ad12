import { compareMeans } from '@app/stats';
import { above } from '../harness/judges.js';
import type { Bar, Replicate } from '../harness/row.js';
import { normal } from '../random/normal.js';
import { UnitArm } from '../scenarios/index.js';

const LOOKS = 1_000;
const UNITS_PER_LOOK = 10;

/** Welch's test at 5 %, looked at a thousand times until it rejects; no difference. */
export function peekedFixedTest(): Replicate {
  const [control, treatment] = [new UnitArm(), new UnitArm()];
  return (random) => {
    control.clear();
    treatment.clear();
    for (let look = 1; look <= LOOKS; look++) {
      for (let i = 0; i < UNITS_PER_LOOK; i++) {
        control.add(normal(random));
        treatment.add(normal(random));
      }
      if (compareMeans(control, treatment, 0.05)!.pTwoSided <= 0.05) return [1];
    }
    return [0];
  };
}

export const b19: Bar = {
  id: 'B19',
  title:
    'a fixed test peeked at 1,000 times errs in nearly every second run: the harness can see a broken method',
  rows: [
    {
      name: 'Welch at 5 %, 1,000 looks, no difference',
      replicates: { full: 2_000, quick: 60 },
      outputs: ['ever rejects'],
      prepare: peekedFixedTest,
      judge: above('ever rejects', 0.45),
    },
  ],
};
