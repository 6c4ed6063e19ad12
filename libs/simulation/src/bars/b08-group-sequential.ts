import { groupSequentialBoundary, groupSequentialDesign, monitoringBounds } from '@app/stats';
import { meanWithin, rateWithin } from '../harness/judges.js';
import type { Bar, Row } from '../harness/row.js';
import type { Random } from '../random/random.js';
import { normal } from '../random/normal.js';
import { ALPHA } from './peeking.js';

const FIFTHS = [0.2, 0.4, 0.6, 0.8, 1];
const PLAN = { informationRates: FIFTHS, alpha: ALPHA, sided: 2, type: 'asOF' } as const;
/** Five equal looks, by gsDesign with r = 80. */
const KNOWN = [4.87688494879, 3.35701192157, 2.68028006454, 2.28981676771, 2.03103204331];

/** The look at which |Z| first reaches its bound; null when none does. */
function stoppedAt(
  random: Random,
  rates: readonly number[],
  bounds: readonly number[],
  drift: number,
): number | null {
  let [before, sum] = [0, 0];
  for (let k = 0; k < rates.length; k++) {
    const t = rates[k]!;
    sum += drift * (t - before) + Math.sqrt(t - before) * normal(random);
    before = t;
    if (Math.abs(sum) / Math.sqrt(t) >= bounds[k]!) return k;
  }
  return null;
}

/** The bound of each look as the verdict engine asks for it: knowing the looks so far. */
const boundsOneByOne = (rates: readonly number[]): number[] =>
  rates.map(
    (_, k) =>
      monitoringBounds({
        informationRates: rates.slice(0, k + 1),
        alpha: ALPHA,
        power: 0.8,
        driftAtEnd: null,
      }).critical,
  );

const design: Row = {
  name: 'inflation and boundaries against known values, K = 5',
  replicates: { full: 1, quick: 1 },
  outputs: ['inflation', 'largest difference of a boundary'],
  prepare: () => () => {
    const { inflationFactor, criticalValues } = groupSequentialDesign(PLAN, 0.2);
    return [inflationFactor, Math.max(...criticalValues.map((c, k) => Math.abs(c - KNOWN[k]!)))];
  },
  judge: (tally) => {
    const inflation = tally.mean('inflation');
    const difference = tally.mean('largest difference of a boundary');
    return {
      figures: { inflation, 'largest difference of a boundary': difference },
      band: '1.0246 … 1.0248, ≤ 1e-6',
      pass: Math.abs(inflation - 1.0247) <= 1e-4 && difference <= 1e-6,
    };
  },
};

const underTheNull: Row = {
  name: 'no difference, K = 5',
  replicates: { full: 10_000, quick: 2_000 },
  outputs: ['rejects'],
  prepare: () => {
    const bounds = boundsOneByOne(FIFTHS);
    return (random) => [stoppedAt(random, FIFTHS, bounds, 0) === null ? 0 : 1];
  },
  judge: rateWithin('rejects', 0.0435, 0.0565),
};

/** Mean sample over that of the fixed test. */
const underTheAlternative: Row = {
  name: 'the effect of 80 % power, K = 5',
  replicates: { full: 40_000, quick: 2_000 },
  outputs: ['mean sample'],
  prepare: () => {
    const { driftForPower, inflationFactor } = groupSequentialDesign(PLAN, 0.2);
    const bounds = boundsOneByOne(FIFTHS);
    return (random) => {
      const look = stoppedAt(random, FIFTHS, bounds, driftForPower);
      return [inflationFactor * FIFTHS[look ?? FIFTHS.length - 1]!];
    };
  },
  judge: meanWithin('mean sample', 0.818, 0.83, 3),
};

export const b08: Bar = {
  id: 'B8',
  title: 'group sequential with O’Brien-Fleming-type spending: level, sample, boundaries',
  rows: [design, underTheNull, underTheAlternative],
};

/** Two to seven looks at times that chance alone chose, the last one at the end. */
function unplannedTimes(random: Random): number[] {
  const early = Array.from({ length: 1 + random.below(6) }, () => 0.05 + 0.9 * random.uniform());
  return [...early.sort((a, b) => a - b).filter((t, i, all) => i === 0 || t - all[i - 1]! >= 0.02), 1];
}

export const b09: Bar = {
  id: 'B9',
  title: 'group sequential with looks that nobody planned',
  rows: [
    {
      name: 'no difference, two to seven looks at random times',
      replicates: { full: 10_000, quick: 150 },
      outputs: ['rejects'],
      prepare: () => (random) => {
        const informationRates = unplannedTimes(random);
        const { criticalValues } = groupSequentialBoundary({ ...PLAN, informationRates });
        return [stoppedAt(random, informationRates, criticalValues, 0) === null ? 0 : 1];
      },
      judge: rateWithin('rejects', null, 0.0565),
    },
  ],
};
