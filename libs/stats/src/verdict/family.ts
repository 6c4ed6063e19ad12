import { evaluateBenefit, type BenefitResult } from './benefit.js';
import { narrowed } from './change-over-time.js';
import { coverageDiffers } from './coverage.js';
import { discoveriesAmong } from './discoveries.js';
import { fadingEffect, type Fading } from './fading.js';
import { evaluateGuardrail, type GuardrailEvaluation } from './guardrail.js';
import { harmLevels } from './harm-levels.js';
import { isBorneOut, memoryKey } from './memory.js';
import { comparisonNStar } from './n-star.js';
import { evaluatePlanned, type PlannedReading } from './planned-benefit.js';
import type { PreparedEvidence, PreparedLook } from './prepared-look.js';
import type { Arm, Discovery, PastAnalyses, RunningBounds } from './types.js';

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
  /** Running intersection of the intervals of each success metric, this look's included. */
  readonly bounds: ReadonlyMap<string, RunningBounds>;
  /** Exploratory metrics after burn-in. */
  readonly discoveries: ReadonlyMap<string, Discovery>;
  /** Plans other than sequential: analyses of each success metric, this look's included. */
  readonly analyses: ReadonlyMap<string, PastAnalyses>;
  readonly guardrails: ReadonlyMap<string, GuardrailEvaluation>;
  /** Metrics whose coverage differs between the arms. */
  readonly unevenCoverage: readonly string[];
}

/** Judges every metric of every comparison, success metrics as one family, harm alpha split by weight. */
export function judgeComparisons(input: PreparedLook, control: Arm): JudgedComparison[] {
  const treatments = input.arms.filter((arm) => !arm.control);
  const nStars = new Map<string, number>();
  for (const { key } of treatments) {
    const comparison = { control: control.key, treatment: key };
    nStars.set(key, input.nStar?.[key] ?? comparisonNStar(input.plan, input.arms, comparison));
  }
  const success = input.metrics.filter(({ metric }) => metric.role === 'success');
  const pairs = treatments.flatMap((arm) => success.map((evidence) => ({ arm, evidence })));
  const benefits = evaluateBenefit(
    pairs.map(({ arm, evidence }) => ({
      metric: evidence.metric,
      control: evidence.prepared.get(control.key)!.epochs,
      treatment: evidence.prepared.get(arm.key)!.epochs,
      contrast: evidence.contrasts.get(arm.key)!,
      nStar: nStars.get(arm.key)!,
      previousWorseP: input.memory.harmP[memoryKey(arm.key, evidence.metric.key)] ?? 1,
    })),
    input.plan.alpha,
  );
  const readings = planned(input, control, pairs, { benefits, nStars });
  const found = explore(input, treatments, nStars);
  return treatments.map((arm, i) => {
    const own = readings.slice(i * success.length, (i + 1) * success.length);
    const nStar = nStars.get(arm.key)!;
    return {
      control: control.key,
      treatment: arm.key,
      nStar,
      exposed: input.exposed.get(control.key)! + input.exposed.get(arm.key)!,
      ...judgeSuccess(input, { arm, nStar, level: input.plan.alpha / pairs.length }, success, own),
      discoveries: found.get(arm.key)!,
      guardrails: judgeGuardrails(input, control, arm, nStar, treatments.length),
      unevenCoverage: unevenCoverage(input, control, arm, nStar),
    };
  });
}

/** The readings of one comparison's success metrics by metric, and those whose effect fades. */
function judgeSuccess(
  input: PreparedLook,
  { arm, nStar, level }: { arm: Arm; nStar: number; level: number },
  success: readonly PreparedEvidence[],
  readings: readonly PlannedReading[],
): Pick<JudgedComparison, 'benefits' | 'analyses' | 'fading' | 'bounds'> {
  const benefits = new Map<string, BenefitResult>();
  const analyses = new Map<string, PastAnalyses>();
  const fading = new Map<string, Fading>();
  const bounds = new Map<string, RunningBounds>();
  success.forEach(({ metric }, i) => {
    const reading = readings[i]!;
    benefits.set(metric.key, reading.benefit);
    if (reading.analyses) analyses.set(metric.key, reading.analyses);
    const { contrast } = reading.benefit;
    if (contrast.kind !== 'contrast') return;
    const key = memoryKey(arm.key, metric.key);
    const narrow = narrowed(reading.benefit, input.memory.bounds?.[key], {
      alpha: input.plan.alpha,
      level,
      nStar,
    });
    if (narrow) bounds.set(metric.key, narrow);
    const fades = fadingEffect(
      metric,
      { estimates: input.memory.estimates?.[key] ?? [], borneOut: isBorneOut(input.memory, key) },
      { day: input.fullDays, contrast },
    );
    if (fades) fading.set(metric.key, fades);
  });
  return { benefits, analyses, fading, bounds };
}

/** What stands out among the exploratory metrics of all comparisons, by treatment and metric. */
function explore(
  input: PreparedLook,
  treatments: readonly Arm[],
  nStars: ReadonlyMap<string, number>,
): Map<string, Map<string, Discovery>> {
  const byArm = new Map(treatments.map(({ key }) => [key, new Map<string, Discovery>()]));
  const exploratory = input.metrics.filter(({ metric }) => metric.role === 'exploratory');
  if (exploratory.length === 0) return byArm;
  const family = treatments.flatMap(({ key }) =>
    exploratory.map(({ metric, contrasts }) => ({
      key,
      metric,
      contrast: contrasts.get(key)!,
      nStar: nStars.get(key)!,
    })),
  );
  discoveriesAmong(family, input.plan.alpha).forEach((discovery, i) => {
    const { key, metric } = family[i]!;
    if (discovery) byArm.get(key)!.set(metric.key, discovery);
  });
  return byArm;
}

interface Pair {
  readonly arm: Arm;
  readonly evidence: PreparedEvidence;
}

/** The readings as the plan has them: as they are when it is sequential, else by its own analyses. */
function planned(
  input: PreparedLook,
  control: Arm,
  pairs: readonly Pair[],
  { benefits, nStars }: { benefits: readonly BenefitResult[]; nStars: ReadonlyMap<string, number> },
): PlannedReading[] {
  if (input.plan.method === 'sequential')
    return benefits.map((benefit) => ({ benefit, analyses: undefined }));
  return evaluatePlanned(
    pairs.map(({ arm, evidence: { metric, openUnits } }, i) => {
      const closed = [control.key, arm.key].reduce(
        (sum, key) => sum + input.exposed.get(key)! - (openUnits[key] ?? 0),
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
  const results = new Map<string, GuardrailEvaluation>();
  const guardrails = input.metrics.filter(({ metric }) => metric.role === 'guardrail');
  if (guardrails.length === 0) return results;
  const { alphaHarm = 0.01, alphaNonInferiority = 0.05, alpha } = input.plan;
  const levels = harmLevels(
    guardrails.map(({ metric }) => metric),
    alphaHarm,
    comparisons,
  );
  const treatmentShare = assignedShares(input, control.key, arm.key);
  guardrails.forEach(({ metric, prepared, contrasts }, i) => {
    const key = memoryKey(arm.key, metric.key);
    const evaluation = evaluateGuardrail({
      metric,
      control: prepared.get(control.key)!.epochs,
      treatment: prepared.get(arm.key)!.epochs,
      contrast: contrasts.get(arm.key)!,
      alphaNonInferiority,
      harmAlpha: levels[i]!,
      nStar,
      previousHarmP: input.memory.harmP[key] ?? 1,
      provenEarlier: input.memory.proven?.includes(key) ?? false,
      treatmentShare,
      alphaDegraded: alpha,
    });
    results.set(metric.key, evaluation);
  });
  return results;
}

/** Per epoch, the treatment's share of the traffic of the two arms. */
function assignedShares(input: PreparedLook, control: string, treatment: string): Record<number, number> {
  const shares: Record<number, number> = {};
  for (const { number, weights } of input.epochs) {
    const [c, t] = [weights[control] ?? 0, weights[treatment] ?? 0];
    if (c > 0 && t > 0) shares[number] = t / (c + t);
  }
  return shares;
}

function unevenCoverage(input: PreparedLook, control: Arm, arm: Arm, nStar: number): string[] {
  const uneven: string[] = [];
  for (const { metric, prepared, openUnits } of input.metrics) {
    if (metric.role === 'exploratory') continue;
    const counts = (key: string) => ({
      covered: prepared.get(key)!.pooled.n,
      closed: input.exposed.get(key)! - (openUnits[key] ?? 0),
    });
    if (coverageDiffers(counts(control.key), counts(arm.key), nStar)) uneven.push(metric.key);
  }
  return uneven;
}
