import { decideStep, finished } from './decide-step.js';
import type { RampEvidence } from './evidence.js';
import type { RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import { readEvidence } from './read-evidence.js';
import { isFinal } from './rollout-lifecycle.js';
import type { Step } from './step.js';

/**
 * The certified ramp: what a rollout does now.
 *
 * Pure: the same plan, state, evidence and instant give the same step, on any machine and in any year; a receipt
 * carries all four, so that anyone can decide again.
 *
 * @param plan      the approved plan, immutable
 * @param state     where the rollout stands
 * @param evidence  sufficient statistics over the whole rollout, as of an instant not after `now`
 * @param now       the instant of the decision
 */
export function nextStep(plan: RampPlan, state: RampState, evidence: RampEvidence, now: Date): Step {
  if (isFinal(state.lifecycle)) return finished(state);
  return decideStep(plan, state, readEvidence(plan, state, evidence), now);
}
