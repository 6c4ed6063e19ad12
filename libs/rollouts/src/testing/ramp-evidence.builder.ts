import { type ArmMoments, momentsOfProportion } from '@app/stats';
import type { RampEvidence } from '../domain/evidence.js';
import { armWeights, type RampPlan } from '../domain/ramp-plan.js';
import type { RampState } from '../domain/ramp-state.js';

/** True success rates of each metric, per arm; the champion's rate is the control's. */
export type Rates = Readonly<Record<string, { readonly champion: number; readonly challenger: number }>>;

interface Epoch {
  readonly number: number;
  readonly weights: Readonly<Record<string, number>>;
  units: Record<string, number>;
  moments: Record<string, Record<string, ArmMoments>>;
}

/**
 * The evidence of a rollout under traffic, exactly at its expected values: no chance in it, so that a test is about
 * the rules. Units arrive per arm by weight; every unit has a value of every metric.
 */
export class EvidenceStream {
  private readonly epochs: Epoch[] = [];
  private firstAt: number | null = null;
  private lastAt: number | null = null;
  championUnchanged = true;
  crossingUnits = 0;
  waitingSince: Date | null = null;

  constructor(private readonly rates: Rates) {}

  /** `units` of the task arrive until `at` under the state's epoch. */
  arrive(state: RampState, units: number, at: Date): void {
    const epoch = this.epochFor(state);
    const counts: Record<string, number> = {};
    for (const [arm, weight] of Object.entries(epoch.weights)) {
      counts[arm] = (epoch.units[arm] ?? 0) + Math.round(units * weight);
    }
    epoch.units = counts;
    for (const [metric, rate] of Object.entries(this.rates)) {
      epoch.moments[metric] = Object.fromEntries(
        Object.entries(counts).map(([arm, n]) => [
          arm,
          momentsOfProportion(Math.round(n * (arm === 'challenger' ? rate.challenger : rate.champion)), n),
        ]),
      );
    }
    this.firstAt ??= at.getTime() - 86_400_000;
    this.lastAt = at.getTime();
  }

  read(plan: RampPlan, asOf: Date): RampEvidence {
    const exposed = this.epochs.flatMap(({ units }) => Object.values(units)).reduce((sum, n) => sum + n, 0);
    const last = this.lastAt === null ? null : new Date(this.lastAt).toISOString();
    return {
      asOf: asOf.toISOString(),
      epochs: this.epochs.map(({ number, weights, units }) => ({ number, weights, units: { ...units } })),
      crossing: { units: this.crossingUnits, exposed },
      carriedUnits: 0,
      metrics: plan.metrics.map(({ key }) => ({
        key,
        epochs: this.epochs.map(({ number, moments }) => ({ number, arms: moments[key] ?? {} })),
        openUnits: {},
      })),
      lastExposureAt: last,
      lastOutcomeAt: last,
      waitingSince: this.waitingSince?.toISOString() ?? null,
      fullDays: this.firstAt === null ? 0 : Math.floor((asOf.getTime() - this.firstAt) / 86_400_000),
      championUnchanged: this.championUnchanged,
    };
  }

  private epochFor(state: RampState): Epoch {
    let epoch = this.epochs.find(({ number }) => number === state.stageEpoch);
    if (!epoch) {
      epoch = { number: state.stageEpoch, weights: armWeights(state.share), units: {}, moments: {} };
      this.epochs.push(epoch);
    }
    return epoch;
  }
}
