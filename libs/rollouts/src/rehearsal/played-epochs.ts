import { type ArmMoments, EMPTY_ARM_MOMENTS, mergeArmMoments } from '@app/stats';
import type { RampEvidence } from '../domain/evidence.js';
import { armWeights, DAY_SECONDS, type RampPlan } from '../domain/ramp-plan.js';
import type { RampState } from '../domain/ramp-state.js';

/** One epoch of a rollout that is played: how many units each arm got, and what they were measured at. */
export interface PlayedEpoch {
  readonly number: number;
  readonly weights: Readonly<Record<string, number>>;
  readonly units: Record<string, number>;
  readonly moments: Record<string, Record<string, ArmMoments>>;
}

/** What a rollout that is played has seen so far, as the ramp reads it: no unit crosses, and nothing is late. */
export class PlayedEpochs {
  private readonly epochs: PlayedEpoch[] = [];

  /** @param startMs when the rollout began, in milliseconds of Unix time */
  constructor(
    private readonly plan: RampPlan,
    private readonly startMs: number,
  ) {}

  /** The epoch of a state, opened when it is new. */
  of({ stageEpoch, share }: RampState): PlayedEpoch {
    const last = this.epochs.at(-1);
    if (last?.number === stageEpoch) return last;
    const weights = armWeights(share);
    const opened: PlayedEpoch = {
      number: stageEpoch,
      weights,
      units: Object.fromEntries(Object.keys(weights).map((arm) => [arm, 0])),
      moments: {},
    };
    this.epochs.push(opened);
    return opened;
  }

  evidence(now: Date): RampEvidence {
    const at = now.toISOString();
    const { epochs } = this;
    let exposed = 0;
    for (const { units } of epochs) for (const count of Object.values(units)) exposed += count;
    return {
      asOf: at,
      epochs: epochs.map(({ number, weights, units }) => ({ number, weights, units: { ...units } })),
      crossing: { units: 0, exposed },
      carriedUnits: 0,
      metrics: this.plan.metrics.map(({ key }) => ({
        key,
        epochs: epochs.map(({ number, moments }) => ({ number, arms: { ...moments[key] } })),
        openUnits: {},
      })),
      lastExposureAt: at,
      lastOutcomeAt: at,
      fullDays: Math.floor((now.getTime() - this.startMs) / 1000 / DAY_SECONDS),
      championUnchanged: true,
    };
  }
}

/** Adds moments of an arm's units to what is known of a metric. */
export function measured(epoch: PlayedEpoch, metric: string, arm: string, moments: ArmMoments): void {
  const byArm = (epoch.moments[metric] ??= {});
  byArm[arm] = mergeArmMoments(byArm[arm] ?? EMPTY_ARM_MOMENTS, moments);
}
