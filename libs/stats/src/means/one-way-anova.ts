import { mergeMoments, type Moments } from '../accumulators/moments.js';
import { fSf } from '../distributions/f.js';
import { inRange, StatsError } from '../stats-error.js';

/** One-way analysis of variance; `msWithin` is the pooled variance. */
export interface OneWayAnova {
  readonly dfBetween: number;
  readonly dfWithin: number;
  readonly ssBetween: number;
  readonly ssWithin: number;
  readonly msWithin: number;
  readonly fStatistic: number;
  readonly p: number;
}

/**
 * Tests that k groups have one mean, from their moments.
 *
 * @returns null when there is no variance within the groups or no degree of freedom left
 * @throws StatsError `STATS_SHAPE` fewer than two groups
 */
export function oneWayAnova(groups: readonly Moments[]): OneWayAnova | null {
  if (groups.length < 2)
    throw new StatsError('STATS_SHAPE', `${groups.length} groups; two or more are needed`);
  const dfBetween = groups.length - 1;
  const dfWithin = groups.reduce((sum, group) => sum + group.n - 1, 0);
  const ssWithin = inRange(
    groups.reduce((sum, group) => sum + group.m2, 0),
    'sum of squares',
  );
  // Merging groups without their inner spread leaves the spread between them, centred all the way.
  const ssBetween = groups.map((group) => ({ ...group, m2: 0 })).reduce(mergeMoments).m2;
  if (!(dfWithin > 0 && ssWithin > 0)) return null;
  const msWithin = ssWithin / dfWithin;
  const fStatistic = inRange(ssBetween / dfBetween / msWithin, 'F');
  return {
    dfBetween,
    dfWithin,
    ssBetween,
    ssWithin,
    msWithin,
    fStatistic,
    p: fSf(fStatistic, dfBetween, dfWithin),
  };
}
