import {
  applyStep,
  armWeights,
  initialState,
  isFinal,
  nextStep,
  type RampEvidence,
  type RampPlan,
} from '@app/rollouts';
import { momentsOfProportion, newcombeInterval, pooledZ } from '@app/stats';
import { CHAMPION, ERRORS_MARGIN } from './plans.js';
import type { ArmCount, UnitStream } from './unit-stream.js';

/** How a rollout ended and when. */
export interface Ended {
  readonly end: 'promoted' | 'rolled-back' | 'stopped' | 'running';
  readonly days: number;
  /** Units that got the challenger until then. */
  readonly exposed: number;
}

/** A way to roll out, over a stream of `looksPerDay` looks a day with `perLook` units each. */
export type Way = (stream: UnitStream, pace: WayPace) => Ended;

export interface WayPace {
  readonly perLook: number;
  readonly looksPerDay: number;
  readonly looks: number;
}

const START = Date.parse('2026-01-05T00:00:00.000Z');
const DAY_MS = 86_400_000;

/** The certified ramp, by its own decisions. */
export function certifiedRamp(plan: RampPlan): Way {
  return (stream, { perLook, looksPerDay, looks }) => {
    let state = initialState(plan, new Date(START).toISOString(), 1, null);
    const epochs: Array<{ number: number; share: number; arms: Record<string, ArmCount> }> = [];
    let exposed = 0;
    for (let look = 1; look <= looks; look += 1) {
      const arms = stream.split((look - 1) * perLook, look * perLook, state.share);
      exposed += arms.challenger.units;
      const last = epochs.at(-1);
      if (last?.number === state.stageEpoch) {
        for (const arm of ['challenger', 'control', 'champion'] as const) add(last.arms[arm]!, arms[arm]);
      } else epochs.push({ number: state.stageEpoch, share: state.share, arms });
      const now = new Date(START + (look / looksPerDay) * DAY_MS);
      const step = nextStep(plan, state, evidenceOf(epochs, now), now);
      state = applyStep(plan, state, step, now.toISOString(), state.stageEpoch + 1);
      if (!isFinal(state.lifecycle)) continue;
      const end = state.lifecycle === 'stopped-futile' ? 'stopped' : state.lifecycle;
      return { end: end as Ended['end'], days: look / looksPerDay, exposed };
    }
    return { end: 'running', days: looks / looksPerDay, exposed };
  };
}

function evidenceOf(
  epochs: ReadonlyArray<{ number: number; share: number; arms: Record<string, ArmCount> }>,
  now: Date,
): RampEvidence {
  const at = now.toISOString();
  const withTraffic = epochs.map(({ number, share, arms }) => {
    const weights = armWeights(share);
    return { number, weights, arms: Object.keys(weights).map((arm) => [arm, arms[arm]!] as const) };
  });
  const metric = (key: string, of: (arm: ArmCount) => number): RampEvidence['metrics'][number] => ({
    key,
    epochs: withTraffic.map(({ number, arms }) => ({
      number,
      arms: Object.fromEntries(
        arms.map(([arm, count]) => [arm, momentsOfProportion(of(count), count.units)]),
      ),
    })),
    openUnits: {},
  });
  return {
    asOf: at,
    epochs: withTraffic.map(({ number, weights, arms }) => ({
      number,
      weights,
      units: Object.fromEntries(arms.map(([arm, { units }]) => [arm, units])),
    })),
    crossing: { units: 0, exposed: 1 },
    carriedUnits: 0,
    metrics: [metric('quality', ({ good }) => good), metric('errors', ({ errors }) => errors)],
    lastExposureAt: at,
    lastOutcomeAt: at,
    fullDays: Math.floor((now.getTime() - START) / DAY_MS),
    championUnchanged: true,
  };
}

/**
 * A test of a size fixed in advance, 50/50, looked at once: promoted when quality is significantly better and errors are
 * proven to rise by less than the margin. Nothing is rolled back before its end.
 */
export function fixedHorizon(units: number): Way {
  return (stream, { perLook, looksPerDay, looks }) => {
    const needed = Math.min(looks, Math.ceil(units / perLook));
    const { challenger, control } = stream.split(0, needed * perLook, 0.5);
    const table = (of: 'good' | 'errors') => ({
      x1: control[of],
      n1: control.units,
      x2: challenger[of],
      n2: challenger.units,
    });
    const better = (pooledZ(table('good')).pGreater ?? 1) <= 0.025;
    // One-sided at 5 %, as the ramp's non-inferiority.
    const harmless = newcombeInterval(table('errors'), 0.1)[1] < ERRORS_MARGIN;
    const proven = better && harmless;
    return {
      end: proven ? 'promoted' : 'stopped',
      days: needed / looksPerDay,
      exposed: challenger.units,
    };
  };
}

/** Values of a stretch of traffic, as a monitoring system would show them. */
const healthy = (arm: ArmCount): boolean =>
  arm.units === 0 ||
  (arm.errors / arm.units <= CHAMPION.errors + ERRORS_MARGIN &&
    arm.good / arm.units >= CHAMPION.quality * 0.95);

/**
 * Thresholds in the style of an Argo Rollouts canary: setWeight 1, 5, 25, 50 with a pause of a day each, a measurement
 * every look against fixed limits (successCondition), aborted by more failed measurements than the failureLimit of 3 in
 * a step, promoted after the last pause.
 */
export const argoStyle: Way = (stream, { perLook, looksPerDay, looks }) => {
  const steps = [0.01, 0.05, 0.25, 0.5];
  let [exposed, look] = [0, 0];
  for (const share of steps) {
    let failed = 0;
    for (let i = 0; i < looksPerDay && look < looks; i += 1, look += 1) {
      const { challenger } = stream.split(look * perLook, (look + 1) * perLook, share);
      exposed += challenger.units;
      if (!healthy(challenger)) failed += 1;
      if (failed > 3) return { end: 'rolled-back', days: (look + 1) / looksPerDay, exposed };
    }
  }
  return { end: 'promoted', days: look / looksPerDay, exposed };
};

/**
 * Thresholds in the style of a Flagger canary: stepWeight 5 up to maxWeight 50, one step per interval whose check
 * passed, rolled back after `threshold` 5 failed checks in all, promoted at the end.
 */
export const flaggerStyle: Way = (stream, { perLook, looksPerDay, looks }) => {
  let [share, failed, exposed] = [0.05, 0, 0];
  for (let look = 0; look < looks; look += 1) {
    const { challenger } = stream.split(look * perLook, (look + 1) * perLook, share);
    exposed += challenger.units;
    const days = (look + 1) / looksPerDay;
    if (!healthy(challenger)) failed += 1;
    else if (share >= 0.5 - 1e-9) return { end: 'promoted', days, exposed };
    else share += 0.05;
    if (failed >= 5) return { end: 'rolled-back', days, exposed };
  }
  return { end: 'running', days: looks / looksPerDay, exposed };
};

function add(into: ArmCount, more: ArmCount): void {
  into.units += more.units;
  into.good += more.good;
  into.errors += more.errors;
}
