import { multinomial, type Random } from '@app/simulation';
import { applyStep } from '../domain/apply-step.js';
import { CHALLENGER } from '../domain/evidence.js';
import { nextStep } from '../domain/next-step.js';
import { initialState } from '../domain/open-stage.js';
import { DAY_SECONDS, isShadow, type RampPlan } from '../domain/ramp-plan.js';
import type { ConcludingLook, RampState } from '../domain/ramp-state.js';
import { isFinal, type RolloutState } from '../domain/rollout-lifecycle.js';
import { measured, type PlayedEpoch, PlayedEpochs } from './played-epochs.js';
import { drawMoments, type Population } from './population.js';

/** What is true of both arms, per metric of the plan. */
export type TaskTruth = Readonly<
  Record<string, { readonly champion: Population; readonly challenger: Population }>
>;

/** How traffic comes and how often somebody looks. */
export interface Pace {
  /** Units of the task that arrive between two looks. */
  readonly unitsPerLook: number;
  readonly secondsPerLook: number;
  readonly looks: number;
}

/** How one rollout went. */
export interface Played {
  readonly end: RolloutState;
  /** Looks and days until its end, or all of them. */
  readonly looks: number;
  readonly days: number;
  /** Units that got the challenger before its end. */
  readonly challengerUnits: number;
}

const START = Date.parse('2026-01-05T00:00:00.000Z');

/**
 * Plays a rollout of exactly this plan through the ramp's own decisions, with traffic drawn from a truth. Whatever a
 * person would have to approve is approved at once and nothing is frozen: what is asked is what evidence does.
 */
export function playPlan(
  given: RampPlan,
  truth: TaskTruth,
  pace: Pace,
  random: Random,
  concludingLook: ConcludingLook | null = null,
): Played {
  const plan = unattended(given);
  let state = initialState(plan, new Date(START).toISOString(), 1, concludingLook);
  const epochs = new PlayedEpochs(plan, START);
  let challengerUnits = 0;
  for (let look = 1; look <= pace.looks; look += 1) {
    const now = new Date(START + look * pace.secondsPerLook * 1000);
    challengerUnits += arrive(random, epochs.of(state), truth, pace.unitsPerLook);
    const step = nextStep(plan, state, epochs.evidence(now), now);
    state = applyStep(plan, state, step, now.toISOString(), state.stageEpoch + 1);
    if (isFinal(state.lifecycle)) return played(state, look, pace, challengerUnits);
  }
  return played(state, pace.looks, pace, challengerUnits);
}

function played(state: RampState, looks: number, pace: Pace, challengerUnits: number): Played {
  return {
    end: state.lifecycle,
    looks,
    days: (looks * pace.secondsPerLook) / DAY_SECONDS,
    challengerUnits,
  };
}

/** A shadow stage shows nobody anything, so there is nothing about it to rehearse: it begins after it. */
function unattended(plan: RampPlan): RampPlan {
  const skipped = isShadow(plan.stages[0]) ? 1 : 0;
  return {
    ...plan,
    startStage: Math.max(0, plan.startStage - skipped),
    stages: plan.stages.slice(skipped).map((stage) => ({ ...stage, requiresApproval: false })),
    promotionRequiresApproval: false,
    freezeWindows: [],
  };
}

/** Units arrive by weight and are measured; how many of them got the challenger. */
function arrive(random: Random, epoch: PlayedEpoch, truth: TaskTruth, units: number): number {
  const arms = Object.keys(epoch.weights);
  const came = multinomial(
    random,
    units,
    arms.map((arm) => epoch.weights[arm]!),
  );
  arms.forEach((arm, i) => (epoch.units[arm]! += came[i]!));
  for (const [metric, { champion, challenger }] of Object.entries(truth)) {
    arms.forEach((arm, i) =>
      measured(epoch, metric, arm, drawMoments(random, arm === CHALLENGER ? challenger : champion, came[i]!)),
    );
  }
  return came[arms.indexOf(CHALLENGER)]!;
}
