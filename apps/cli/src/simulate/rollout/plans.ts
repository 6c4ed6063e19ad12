import { type RampPlan, resolvePlan, type StageInput } from '@app/rollouts';
import type { MetricPlan } from '@app/stats';

/** What the task is like while nothing changes. */
export const CHAMPION = { quality: 0.7, errors: 0.03 };

/** Quality may lose, and a gain is worth having from, 5 %. */
const QUALITY: MetricPlan = {
  key: 'quality',
  role: 'success',
  kind: 'proportion',
  direction: 'increase',
  bounds: [0, 1],
  mde: { value: 0.05, type: 'relative' },
  margin: { value: 0.05, type: 'relative', isDefault: false },
};

/** Errors may rise by one point. */
export const ERRORS_MARGIN = 0.01;
const ERRORS: MetricPlan = {
  key: 'errors',
  role: 'guardrail',
  kind: 'proportion',
  direction: 'decrease',
  bounds: [0, 1],
  margin: { value: ERRORS_MARGIN, type: 'absolute', isDefault: false },
};

/** The default ramp over quality and errors. */
export function rampPlan(plannedUnits: number): RampPlan {
  return resolvePlan({
    template: 'quality-up',
    metrics: [QUALITY, ERRORS],
    plannedUnits,
    challengerShare: null,
    controlMeans: {},
  });
}

/** A plan that nothing but harm ends: no gain is too small, and no time too long. */
export function endlessPlan(plannedUnits: number): RampPlan {
  const { mde: _, ...quality } = QUALITY;
  return resolvePlan({
    template: 'quality-up',
    metrics: [quality, ERRORS],
    plannedUnits,
    challengerShare: null,
    controlMeans: {},
    maxRolloutDays: 100_000,
  });
}

/** A canary of 5 % whose errors are all there is: any one more is harm, at the whole level. */
export function canaryPlan(plannedUnits: number): RampPlan {
  const stages: StageInput[] = [{ share: 0.05, bakeSeconds: 1e9 }];
  return resolvePlan({
    template: 'quality-up',
    metrics: [
      {
        ...ERRORS,
        role: 'success',
        margin: { value: 0.05, type: 'relative', isDefault: false },
        harmMargin: { value: 0, type: 'relative' },
      },
    ],
    plannedUnits,
    stages,
    challengerShare: null,
    controlMeans: {},
    maxRolloutDays: 100_000,
  });
}
