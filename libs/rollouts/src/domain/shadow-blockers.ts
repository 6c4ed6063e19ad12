import type { Reason } from '@app/stats';
import type { RampPlan, RampStage } from './ramp-plan.js';
import type { EvidenceReading, ShadowReading } from './reading.js';
import { amountInWords, changeInWords, duration } from './words.js';

type Shadow = NonNullable<EvidenceReading['shadow']>;

/** What pairs still lack before the challenger may be given to anybody. */
export function shadowBlockers(plan: RampPlan, stage: RampStage, shadow: Shadow, now: Date): Reason[] {
  const silence = shadowSilence(plan, shadow, now);
  return silence.length > 0
    ? silence
    : [
        ...shadow.guardrails
          .filter(({ nonInferiority }) => nonInferiority.outcome !== 'pass')
          .map((guardrail) => undecided(guardrail)),
        ...tooFewPairs(stage, shadow),
      ];
}

function shadowSilence(plan: RampPlan, { guardrails, lastPairAt }: Shadow, now: Date): Reason[] {
  if (lastPairAt === null) {
    return [
      {
        code: 'NO_SHADOW',
        message:
          "No answer of the challenger was scored beside the champion's to the same request. Are requests mirrored, and both answers scored under one inference id?",
      },
    ];
  }
  if ((now.getTime() - Date.parse(lastPairAt)) / 1000 > plan.maxSilenceSeconds) {
    return [
      {
        code: 'SHADOW_STOPPED',
        message: `No mirrored answer was scored for more than ${duration(plan.maxSilenceSeconds)}. Are requests still mirrored?`,
      },
    ];
  }
  return guardrails
    .filter(({ units }) => units === 0)
    .map(({ metric }) => ({
      code: 'NO_SHADOW',
      metric,
      message: `${metric} has no unit yet with a value of both models for the same request.`,
    }));
}

function undecided({ metric, units, nStar, nonInferiority }: ShadowReading): Reason {
  const { marginAbsolute, missing, difference } = nonInferiority;
  return {
    code: 'SHADOW_UNDECIDED',
    metric,
    message:
      `It is not proven yet that ${metric} loses less than ${amountInWords(marginAbsolute)} on mirrored requests: ` +
      `${changeInWords({ difference, lift: null })} over ${units} units that have both answers (planned with ${nStar}).` +
      (missing === null ? '' : ` Not enough yet: ${missing}.`),
  };
}

/** Of the metric that has the fewest: the gate is as good as its weakest part. */
function tooFewPairs(stage: RampStage, { guardrails }: Shadow): Reason[] {
  const fewest = guardrails.reduce<ShadowReading | null>(
    (least, one) => (least === null || one.units < least.units ? one : least),
    null,
  );
  if (fewest === null || fewest.units >= stage.minUnits) return [];
  return [
    {
      code: 'MIN_PAIRS',
      metric: fewest.metric,
      message: `${fewest.units} of at least ${stage.minUnits} units have a value of both models on ${fewest.metric}.`,
    },
  ];
}
