import type { Reason } from '@app/stats';
import { promotingMetrics } from './benefit.js';
import { DAY_SECONDS, type RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import type { EvidenceReading } from './reading.js';

/**
 * Why going on cannot pay, or null. Stopping only reduces exposure, so time alone may end a rollout whatever the state
 * of its data; "no benefit" is a statement from the data and therefore needs them to be sound.
 */
export function findFutility(
  plan: RampPlan,
  state: RampState,
  reading: EvidenceReading,
  now: Date,
): Reason | null {
  const days = (now.getTime() - Date.parse(state.startedAt)) / 1000 / DAY_SECONDS;
  if (days > plan.maxRolloutDays) {
    return {
      code: 'ROLLOUT_TOO_LONG',
      message: `After ${Math.floor(days)} days (limit ${plan.maxRolloutDays}) the rollout has not earned promotion. The champion stays.`,
    };
  }
  const candidates = promotingMetrics(plan);
  if (candidates.length === 0 || !reading.integrity.valid) return null;
  const outcomes = candidates.map(
    (metric) => reading.benefit.find((benefit) => benefit.metric === metric.key)?.outcome,
  );
  if (!outcomes.every((outcome) => outcome === 'no-effect' || outcome === 'worse')) return null;
  const names = candidates.map((metric) => metric.key).join(', ');
  if (outcomes.every((outcome) => outcome === 'worse')) {
    return {
      code: 'NO_BENEFIT_LEFT',
      message: `The challenger is proven worse on ${names}, so there is no gain to wait for. The champion stays.`,
    };
  }
  return {
    code: 'NO_BENEFIT_LEFT',
    message: `Even in the best case the gain on ${names} is smaller than the effect worth having. The champion stays.`,
  };
}
