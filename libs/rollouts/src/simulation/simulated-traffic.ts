import { type ArmMoments, momentsOfProportion, pairMomentsFromSums } from '@app/stats';
import { binomial, type Random } from '@app/simulation';
import { CHALLENGER, CHAMPION, CONTROL, type RampEvidence } from '../domain/evidence.js';
import { armWeights, DAY_SECONDS, type RampPlan } from '../domain/ramp-plan.js';

/** True shares of units with a good answer and with an error. */
export interface Rates {
  readonly quality: number;
  readonly errors: number;
}

/** What reaches the platform of the units that came in one stretch of time. */
export interface Arrivals {
  readonly units: number;
  readonly champion: Rates;
  readonly challenger: Rates;
  /** Shares of the challenger's exposures and of its scores that get lost on the way. */
  readonly lostExposures: number;
  readonly lostScores: number;
}

/** Counts of one arm in one epoch. */
export interface ArmCounts {
  units: number;
  scored: number;
  quality: number;
  errors: number;
}

export interface EpochTraffic {
  readonly number: number;
  readonly weights: Readonly<Record<string, number>>;
  readonly arms: Readonly<Record<string, ArmCounts>>;
}

/** Units with answers of both models, and those that are a 1 on the champion, on the challenger, on both. */
export interface PairCounts {
  units: number;
  champion: number;
  challenger: number;
  both: number;
}

/** Traffic of one rollout: units by the share that is served, and their outcomes by chance. */
export class SimulatedTraffic {
  readonly epochs: EpochTraffic[] = [];
  /** What was mirrored while nobody got the challenger. */
  readonly pairs: Record<keyof Rates, PairCounts> = {
    quality: { units: 0, champion: 0, challenger: 0, both: 0 },
    errors: { units: 0, champion: 0, challenger: 0, both: 0 },
  };
  lastPairAt: number | null = null;
  firstAt: number | null = null;
  lastAt: number | null = null;
  /** Since when events wait that are not in it. */
  waitingSince: number | null = null;

  /** Units arrive until an instant while an epoch's share is served. */
  arrive(random: Random, served: { epoch: number; share: number }, arrivals: Arrivals, at: Date): void {
    const { arms, weights } = this.open(served);
    let left = arrivals.units;
    let mass = 1;
    for (const arm of [CHALLENGER, CONTROL, CHAMPION]) {
      const weight = weights[arm];
      if (weight === undefined) continue;
      const came = mass - weight <= 1e-9 ? left : binomial(random, left, weight / mass);
      left -= came;
      mass -= weight;
      const lost = arm === CHALLENGER ? arrivals : { lostExposures: 0, lostScores: 0 };
      count(random, arms[arm]!, came, arm === CHALLENGER ? arrivals.challenger : arrivals.champion, lost);
    }
    if (arrivals.units === 0) return;
    this.firstAt ??= at.getTime();
    this.lastAt = at.getTime();
  }

  /** Requests of units are sent to both models until an instant. */
  mirror(random: Random, units: number, { champion, challenger }: Arrivals, at: Date): void {
    if (units === 0) return;
    for (const metric of ['quality', 'errors'] as const) {
      const counts = this.pairs[metric];
      const hits = binomial(random, units, champion[metric]);
      const both = binomial(random, hits, challenger[metric]);
      counts.units += units;
      counts.champion += hits;
      counts.both += both;
      counts.challenger += both + binomial(random, units - hits, challenger[metric]);
    }
    this.lastPairAt = at.getTime();
  }

  /** What is known of it. `champion` says whether the champion is still the one that is compared with. */
  read(plan: RampPlan, asOf: Date, championUnchanged: boolean): RampEvidence {
    const last = this.lastAt === null ? null : new Date(this.lastAt).toISOString();
    const units = this.epochs.map(({ number, weights, arms }) => ({
      number,
      weights,
      units: Object.fromEntries(Object.entries(arms).map(([arm, counts]) => [arm, counts.units])),
    }));
    return {
      asOf: asOf.toISOString(),
      epochs: units,
      crossing: {
        units: 0,
        exposed: units.reduce(
          (sum, epoch) => sum + Object.values(epoch.units).reduce((all, n) => all + n, 0),
          0,
        ),
      },
      carriedUnits: 0,
      metrics: plan.metrics.map(({ key }) => ({
        key,
        epochs: this.epochs.map(({ number, arms }) => ({
          number,
          arms: Object.fromEntries(
            Object.entries(arms).map(([arm, counts]) => [arm, momentsOf(counts, key as keyof Rates)]),
          ),
        })),
        openUnits: {},
      })),
      lastExposureAt: last,
      lastOutcomeAt: last,
      waitingSince: this.waitingSince === null ? null : new Date(this.waitingSince).toISOString(),
      fullDays:
        this.firstAt === null
          ? 0
          : Math.max(0, Math.floor((asOf.getTime() - this.firstAt) / 1000 / DAY_SECONDS)),
      championUnchanged,
      ...(this.lastPairAt !== null && {
        shadow: {
          metrics: (['quality', 'errors'] as const).map((key) => ({ key, pairs: pairsOf(this.pairs[key]) })),
          lastPairAt: new Date(this.lastPairAt).toISOString(),
        },
      }),
    };
  }

  /** As it is now, whatever arrives later. */
  copy(): SimulatedTraffic {
    const copy = new SimulatedTraffic();
    copy.epochs.push(...structuredClone(this.epochs));
    copy.firstAt = this.firstAt;
    copy.lastAt = this.lastAt;
    Object.assign(copy.pairs, structuredClone(this.pairs));
    copy.lastPairAt = this.lastPairAt;
    return copy;
  }

  private open({ epoch, share }: { epoch: number; share: number }): EpochTraffic {
    let found = this.epochs.find(({ number }) => number === epoch);
    if (!found) {
      const weights = armWeights(share);
      const arms = Object.fromEntries(
        Object.keys(weights).map((arm) => [arm, { units: 0, scored: 0, quality: 0, errors: 0 }]),
      );
      found = { number: epoch, weights, arms };
      this.epochs.push(found);
    }
    return found;
  }
}

function pairsOf({ units: n, champion: x, challenger: y, both }: PairCounts) {
  return pairMomentsFromSums({ n, x, y, xx: x, yy: y, xy: both });
}

function momentsOf(counts: ArmCounts, metric: keyof Rates): ArmMoments {
  return momentsOfProportion(counts[metric], counts.scored);
}

function count(
  random: Random,
  into: ArmCounts,
  came: number,
  rates: Rates,
  { lostExposures, lostScores }: { lostExposures: number; lostScores: number },
): void {
  const seen = came - (lostExposures > 0 ? binomial(random, came, lostExposures) : 0);
  const scored = seen - (lostScores > 0 ? binomial(random, seen, lostScores) : 0);
  into.units += seen;
  into.scored += scored;
  into.quality += binomial(random, scored, rates.quality);
  into.errors += binomial(random, scored, rates.errors);
}
