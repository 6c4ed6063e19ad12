import { EMPTY_PAIR_MOMENTS, evaluatePairedGuardrail } from '@app/stats';
import type { RampEvidence } from './evidence.js';
import type { RampMetric, RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import type { EvidenceReading } from './reading.js';

/** Whether pairs can judge a metric: a quantile is of events, which have no partner on the other side. */
export function judgedInShadow(metric: RampMetric): boolean {
  return metric.kind !== 'quantile';
}

/** What pairs say to the plan: non-inferiority of every metric that they can judge, at the shadow stage's margin. */
export function readShadow(
  plan: RampPlan,
  state: RampState,
  { shadow }: RampEvidence,
): NonNullable<EvidenceReading['shadow']> {
  // Planned for two arms; a pair is a unit of each.
  const nStar = Math.max(1, Math.ceil(state.gate.nStar / 2));
  return {
    lastPairAt: shadow?.lastPairAt ?? null,
    guardrails: plan.metrics.filter(judgedInShadow).map((metric) => {
      const pairs = shadow?.metrics.find(({ key }) => key === metric.key)?.pairs ?? EMPTY_PAIR_MOMENTS;
      const nonInferiority = evaluatePairedGuardrail({
        metric,
        pairs,
        marginFactor: plan.stages[state.stage]!.marginFactor,
        alpha: plan.alphaNonInferiority,
        nStar,
      });
      return { metric: metric.key, units: pairs.n, nStar, nonInferiority };
    }),
  };
}
