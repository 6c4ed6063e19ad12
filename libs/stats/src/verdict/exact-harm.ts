import { labelLogE, labelTheta } from '../sequential/label-e-process.js';
import { rateGapLogE, type RateGapNull } from '../sequential/rate-gap-e-process.js';
import { successes } from './burn-in.js';
import type { EpochMoments } from './contrast.js';
import type { Amount, ArmMoments, MetricPlan } from './types.js';

/** What an exact harm test is made from; moments per epoch, matched by number. */
export interface ExactHarmInput {
  readonly metric: MetricPlan;
  readonly control: readonly EpochMoments[];
  readonly treatment: readonly EpochMoments[];
  /** Loss beyond which harm is called. */
  readonly amount: Amount;
  /** Per epoch number, the treatment's assigned share of the two arms. */
  readonly treatmentShare?: Readonly<Record<number, number>> | undefined;
}

/**
 * ln of the product over epochs of exact e-values for harm to a 0/1 metric; null for other kinds.
 *
 * A relative margin on bad events goes by their labels, which need the assigned share and no rate. Any other margin is
 * one on the rate of bad events (failures, where more is better) and goes by the two rates.
 */
export function exactHarmLogE(input: ExactHarmInput): number | null {
  const { metric, amount, treatmentShare } = input;
  if (metric.kind !== 'proportion') return null;
  if (metric.direction === 'decrease' && amount.type === 'relative' && treatmentShare) {
    return overEpochs(input, (control, treatment, number) => {
      const share = treatmentShare[number];
      if (share === undefined || !(share > 0 && share < 1)) return 0;
      const x = successes(treatment);
      return labelLogE({
        treatmentEvents: x,
        events: x + successes(control),
        theta: labelTheta(share, amount.value),
      });
    });
  }
  const border = borderOf(metric, amount);
  if (!border) return null;
  const events = (arm: ArmMoments) =>
    metric.direction === 'decrease' ? successes(arm) : arm.n - successes(arm);
  return overEpochs(input, (control, treatment) =>
    rateGapLogE(
      {
        treatmentEvents: events(treatment),
        treatmentUnits: treatment.n,
        controlEvents: events(control),
        controlUnits: control.n,
      },
      border,
    ),
  );
}

/**
 * The largest rate of bad events that is no harm, as a line in the control's. Keeping a fraction 1 − m of the successes
 * is failing at no more than m + (1 − m) × the control's failures. Null when nothing would be harm.
 */
function borderOf(metric: MetricPlan, amount: Amount): RateGapNull | null {
  if (amount.type === 'absolute') return { offset: amount.value, slope: 1 };
  if (metric.direction === 'decrease') return { offset: 0, slope: 1 + amount.value };
  return amount.value < 1 ? { offset: amount.value, slope: 1 - amount.value } : null;
}

function overEpochs(
  { control, treatment }: Pick<ExactHarmInput, 'control' | 'treatment'>,
  logE: (control: ArmMoments, treatment: ArmMoments, number: number) => number,
): number {
  return treatment.reduce((sum, { number, moments }) => {
    const concurrent = control.find((epoch) => epoch.number === number)?.moments;
    return concurrent ? sum + logE(concurrent, moments, number) : sum;
  }, 0);
}
