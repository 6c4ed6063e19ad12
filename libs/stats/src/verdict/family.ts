import { evaluateBenefit, type BenefitResult } from './benefit.js';
import { coverageDiffers } from './coverage.js';
import { fadingEffect, type Fading } from './fading.js';
import { evaluateGuardrail, type GuardrailEvaluation } from './guardrail.js';
import { isBorneOut, memoryKey } from './memory.js';
import { comparisonNStar } from './n-star.js';
import { evaluatePlanned, type PlannedReading } from './planned-benefit.js';
import type { PreparedEvidence, PreparedLook } from './prepared-look.js';
import type { Arm, LookInput, PastAnalyses } from './types.js';

/** One challenger against the control, with everything decided metric by metric. */
export interface JudgedComparison {
  readonly control: string;
  readonly treatment: string;
  readonly nStar: number;
  /** Exposed units of both arms. */
  readonly exposed: number;
  readonly benefits: ReadonlyMap<string, BenefitResult>;
  /** Success metrics whose effect is smaller among the units of the last days. */
  readonly fading: ReadonlyMap<string, Fading>;
  /** Plans other than sequential: analyses of each success metric, this look's included. */
  readonly analyses: ReadonlyMap<string, PastAnalyses>;
  readonly guardrails: ReadonlyMap<string, GuardrailEvaluation>;
  /** Metrics whose coverage differs between the arms. */
  readonly unevenCoverage: readonly string[];
}

/** Exposed units of an arm over all epochs. */
export function exposedUnits(input: LookInput, arm: string): number {
  return input.epochs.reduce((sum, epoch) => sum + (epoch.units[arm] ?? 0), 0);
}

/** Judges every metric of every comparison, success metrics as one family, harm alpha split by weight. */
export function judgeComparisons(input: PreparedLook, control: Arm): JudgedComparison[] {
  const treatments = input.arms.filter((arm) => !arm.control);
  const nStars = new Map(
    treatments.map((arm) => [
      arm.key,
      input.nStar?.[arm.key] ??
        comparisonNStar(input.plan, input.arms, { control: control.key, treatment: arm.key }),
    ]),
  );
  const success = input.metrics.filter(({ metric }) => metric.role === 'success');
  const pairs = treatments.flatMap((arm) => success.map((evidence) => ({ arm, evidence })));
  const benefits = evaluateBenefit(
    pairs.map(({ arm, evidence }) => ({
      metric: evidence.metric,
      control: evidence.epochsOf(control.key),
      treatment: evidence.epochsOf(arm.key),
      contrast: evidence.contrast(control.key, arm.key),
      nStar: nStars.get(arm.key)!,
      previousWorseP: input.memory.harmP[memoryKey(arm.key, evidence.metric.key)] ?? 1,
    })),
    input.plan.alpha,
  );
  const readings = planned(input, control, pairs, { benefits, nStars });
  const ofArm = (arm: Arm) =>
    pairs.flatMap(({ arm: other, evidence }, i) =>
      other === arm ? [{ metric: evidence.metric, ...readings[i]! }] : [],
    );
  return treatments.map((arm) => ({
    control: control.key,
    treatment: arm.key,
    nStar: nStars.get(arm.key)!,
    exposed: exposedUnits(input, control.key) + exposedUnits(input, arm.key),
    benefits: new Map(ofArm(arm).map(({ metric, benefit }) => [metric.key, benefit])),
    analyses: new Map(
      ofArm(arm).flatMap(({ metric, analyses }): [string, PastAnalyses][] =>
        analyses ? [[metric.key, analyses]] : [],
      ),
    ),
    fading: new Map(
      ofArm(arm).flatMap(({ metric, benefit: { contrast } }): [string, Fading][] => {
        if (contrast.kind !== 'contrast') return [];
        const key = memoryKey(arm.key, metric.key);
        const fading = fadingEffect(
          metric,
          { estimates: input.memory.estimates?.[key] ?? [], borneOut: isBorneOut(input.memory, key) },
          { day: input.fullDays, contrast },
        );
        return fading ? [[metric.key, fading]] : [];
      }),
    ),
    guardrails: judgeGuardrails(input, control, arm, nStars.get(arm.key)!, treatments.length),
    unevenCoverage: unevenCoverage(input, control, arm, nStars.get(arm.key)!),
  }));
}

interface Pair {
  readonly arm: Arm;
  readonly evidence: PreparedEvidence;
}

/** The readings as the plan has them: as they are when it is sequential, else by its own analyses. */
function planned(
  input: LookInput,
  control: Arm,
  pairs: readonly Pair[],
  { benefits, nStars }: { benefits: readonly BenefitResult[]; nStars: ReadonlyMap<string, number> },
): PlannedReading[] {
  if (input.plan.method === 'sequential')
    return benefits.map((benefit) => ({ benefit, analyses: undefined }));
  return evaluatePlanned(
    pairs.map(({ arm, evidence: { metric, openUnits } }, i) => {
      const closed = [control.key, arm.key].reduce(
        (sum, key) => sum + exposedUnits(input, key) - (openUnits[key] ?? 0),
        0,
      );
      return {
        metric,
        reading: benefits[i]!,
        rate: closed / nStars.get(arm.key)!,
        past: input.memory.analyses?.[memoryKey(arm.key, metric.key)],
      };
    }),
    input.plan,
  );
}

function judgeGuardrails(input: PreparedLook, control: Arm, arm: Arm, nStar: number, comparisons: number) {
  const guardrails = input.metrics.filter(({ metric }) => metric.role === 'guardrail');
  const weights = guardrails.reduce((sum, { metric }) => sum + (metric.harmWeight ?? 1), 0);
  const { alphaHarm = 0.01, alphaNonInferiority = 0.05, alpha } = input.plan;
  return new Map(
    guardrails.map((evidence): [string, GuardrailEvaluation] => [
      evidence.metric.key,
      evaluateGuardrail({
        metric: evidence.metric,
        control: evidence.epochsOf(control.key),
        treatment: evidence.epochsOf(arm.key),
        contrast: evidence.contrast(control.key, arm.key),
        alphaNonInferiority,
        harmAlpha: (alphaHarm * (evidence.metric.harmWeight ?? 1)) / (weights * comparisons),
        nStar,
        previousHarmP: input.memory.harmP[memoryKey(arm.key, evidence.metric.key)] ?? 1,
        provenEarlier: input.memory.proven?.includes(memoryKey(arm.key, evidence.metric.key)) ?? false,
        treatmentShare: assignedShares(input, control.key, arm.key),
        alphaDegraded: alpha,
      }),
    ]),
  );
}

/** Per epoch, the treatment's share of the traffic of the two arms. */
function assignedShares(input: LookInput, control: string, treatment: string): Record<number, number> {
  return Object.fromEntries(
    input.epochs.flatMap(({ number, weights }) => {
      const [c, t] = [weights[control] ?? 0, weights[treatment] ?? 0];
      return c > 0 && t > 0 ? [[number, t / (c + t)]] : [];
    }),
  );
}

function unevenCoverage(input: PreparedLook, control: Arm, arm: Arm, nStar: number): string[] {
  return input.metrics
    .filter(({ metric }) => metric.role !== 'exploratory')
    .filter((evidence) => {
      const counts = (key: string) => ({
        covered: evidence.pooled(key).n,
        closed: exposedUnits(input, key) - (evidence.openUnits[key] ?? 0),
      });
      return coverageDiffers(counts(control.key), counts(arm.key), nStar);
    })
    .map((evidence) => evidence.metric.key);
}
