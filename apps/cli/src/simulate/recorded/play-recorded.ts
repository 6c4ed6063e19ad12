import {
  applyStep,
  initialState,
  isFinal,
  measured,
  nextStep,
  type PlayedEpoch,
  PlayedEpochs,
  type RampPlan,
  type RampState,
  type StepKind,
} from '@app/rollouts';
import type { Reason } from '@app/stats';
import type { RecordedUnit } from './recorded-unit.js';

/** How the ramp decided over a recording. */
export interface PlayedRecording {
  readonly end: RampState['lifecycle'];
  /** The last step that moved the share, with its reasons; null when none did. */
  readonly last: { readonly kind: StepKind; readonly at: number; readonly reasons: readonly Reason[] } | null;
  readonly share: number;
  /** Units that got the challenger, and all of them, until the end. */
  readonly challengerUnits: number;
  readonly units: number;
}

/**
 * Plays a recording through the ramp's own decisions, looking every so many units. With `position: null` a unit is seen
 * by one machine of each arm.
 */
export function playRecorded(
  plan: RampPlan,
  units: readonly RecordedUnit[],
  perLook: number,
): PlayedRecording {
  const first = units[0]!.at;
  let state = initialState(plan, new Date(first).toISOString(), 1, null);
  const epochs = new PlayedEpochs(plan, first);
  let last: PlayedRecording['last'] = null;
  let challengerUnits = 0;
  for (const [index, unit] of units.entries()) {
    const epoch = epochs.of(state);
    challengerUnits += count(epoch, unit, state.share);
    if ((index + 1) % perLook !== 0 && index !== units.length - 1) continue;
    const now = new Date(unit.at);
    const step = nextStep(plan, state, epochs.evidence(now), now);
    if (step.share.after !== step.share.before)
      last = { kind: step.kind, at: unit.at, reasons: step.reasons };
    state = applyStep(plan, state, step, now.toISOString(), state.stageEpoch + 1);
    if (isFinal(state.lifecycle))
      return { end: state.lifecycle, last, share: state.share, challengerUnits, units: index + 1 };
  }
  return { end: state.lifecycle, last, share: state.share, challengerUnits, units: units.length };
}

/** Counts a unit in its arm; answers how often it met the challenger. */
function count(epoch: PlayedEpoch, unit: RecordedUnit, share: number): number {
  const arms =
    unit.position === null
      ? ['challenger', 'control']
      : [unit.position < share ? 'challenger' : unit.position >= 1 - share ? 'control' : 'champion'];
  for (const arm of arms) {
    epoch.units[arm] = (epoch.units[arm] ?? 0) + 1;
    const values = arm === 'challenger' ? unit.challenger : unit.champion;
    for (const [metric, value] of Object.entries(values))
      measured(epoch, metric, arm, { n: 1, mean: value, m2: 0 });
  }
  return arms.includes('challenger') ? 1 : 0;
}
