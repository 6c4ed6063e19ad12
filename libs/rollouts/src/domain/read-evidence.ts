import {
  absoluteAmount,
  type BenefitResult,
  contrastOf,
  coverageDiffers,
  EMPTY_ARM_MOMENTS,
  type EpochMoments,
  ESTIMATOR_VERSION,
  evaluateBenefit,
  evaluateGuardrail,
  type GuardrailEvaluation,
  harmLevels,
  integrityReport,
  liftOf,
  mergeArmMoments,
  type Reason,
} from '@app/stats';
import { CHALLENGER, CHAMPION, CONTROL, type RampEvidence, type RampMetricEvidence } from './evidence.js';
import { isShadow, type RampMetric, type RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import type { BenefitReading, EvidenceReading, GuardrailReading } from './reading.js';
import { readShadow } from './read-shadow.js';
import { versionReasons } from './versions.js';

/**
 * What the evidence says to the plan, metric by metric. All formulas are in @app/stats; here is only who is compared
 * with whom: harm against all concurrent champion units, non-inferiority and benefit against the equal-sized control,
 * everything over the whole rollout, epoch by epoch.
 */
export function readEvidence(plan: RampPlan, state: RampState, evidence: RampEvidence): EvidenceReading {
  const integrity = integrityReport({
    // While nobody gets the challenger there are no arms to be split.
    epochs: evidence.epochs.filter(({ weights }) => (weights[CHALLENGER] ?? 0) > 0),
    crossing: evidence.crossing,
    previousSrmP: state.memory.srmP,
  });
  const reasons = [
    ...integrity.reasons,
    ...coverageReasons(plan, evidence),
    ...servingReasons(evidence),
    ...versionReasons(evidence.versions),
  ];
  return {
    asOf: evidence.asOf,
    estimatorVersion: ESTIMATOR_VERSION,
    integrity: { valid: reasons.length === 0, srmP: integrity.srmSequential.p, reasons },
    guardrails: plan.metrics.map((metric) => readGuardrail(metric, plan, state, evidence)),
    benefit: readBenefit(plan, evidence),
    stageUnits: {
      challenger: units(evidence, CHALLENGER, state.stageEpoch),
      control: units(evidence, CONTROL, state.stageEpoch),
    },
    comparedUnits: units(evidence, CHALLENGER, 0) + units(evidence, CONTROL, 0),
    lastExposureAt: evidence.lastExposureAt,
    lastOutcomeAt: evidence.lastOutcomeAt,
    waitingSince: evidence.waitingSince ?? null,
    fullDays: evidence.fullDays,
    ...(isShadow(plan.stages[state.stage]) && { shadow: readShadow(plan, state, evidence) }),
  };
}

function readGuardrail(
  metric: RampMetric,
  plan: RampPlan,
  state: RampState,
  evidence: RampEvidence,
): GuardrailReading {
  const arms = armsOf(metric, evidence);
  const harmAlpha = harmAlphaOf(metric, plan);
  const shared = {
    metric,
    control: arms.control,
    treatment: arms.challenger,
    alphaNonInferiority: plan.alphaNonInferiority,
    harmAlpha,
    harmControl: arms.allChampion,
    treatmentShare: challengerShares(evidence),
    alphaDegraded: plan.alphaBenefit,
  };
  // Harm is one sequence over the whole rollout with one tuning; each gate is a sequence of its own with its own.
  const harm = evaluateGuardrail({
    ...shared,
    nStar: plan.plannedUnits,
    previousHarmP: state.memory.harmP[metric.key] ?? 1,
  });
  const gate = evaluateGuardrail({
    ...shared,
    marginFactor: plan.stages[state.stage]!.marginFactor,
    nStar: state.gate.nStar,
    previousHarmP: 1,
  });
  const againstAll = contrastOf(metric.kind, arms.allChampion, arms.challenger);
  const known = againstAll.kind === 'contrast';
  return {
    metric: metric.key,
    harm: {
      p: harm.harmP,
      alpha: harmAlpha,
      harmed: harm.harmP !== null && harm.harmP <= harmAlpha,
      marginAbsolute: harmMarginAbsolute(metric, harm, known ? againstAll.control.value : null),
    },
    nonInferiority: {
      outcome: gate.outcome,
      margin: gate.margin,
      marginAbsolute: gate.marginAbsolute,
      bound: gate.nonInferiorityBound,
      burnIn: gate.burnIn,
      missing: gate.missing,
      nStar: state.gate.nStar,
      requiredUnits: gate.requiredUnits,
    },
    difference: known ? againstAll.difference : null,
    lift: known ? (liftOf(againstAll)?.lift ?? null) : null,
    measured: measured(metric, evidence, 0),
    measuredInStage: measured(metric, evidence, state.stageEpoch),
  };
}

/** A metric's part of the rollout's harm level, by weight. */
function harmAlphaOf(metric: RampMetric, plan: RampPlan): number {
  return harmLevels(plan.metrics, plan.alphaHarm)[plan.metrics.indexOf(metric)]!;
}

function harmMarginAbsolute(
  metric: RampMetric,
  harm: GuardrailEvaluation,
  championValue: number | null,
): number | null {
  const amount = metric.harmMargin ?? harm.margin;
  if (amount.type === 'relative' && championValue === null) return null;
  return absoluteAmount(amount, championValue ?? 0);
}

function readBenefit(plan: RampPlan, evidence: RampEvidence): BenefitReading[] {
  const family = plan.metrics
    .filter((metric) => metric.role === 'success')
    .map((metric) => {
      const { control, challenger } = armsOf(metric, evidence);
      return { metric, control, treatment: challenger, nStar: plan.plannedUnits };
    });
  return evaluateBenefit(family, plan.alphaBenefit).map((result) => ({
    metric: result.metric,
    outcome: benefitOutcome(result),
    adjustedP: result.p === null ? null : result.adjustedP,
    difference: result.contrast.kind === 'contrast' ? result.contrast.difference : null,
    lift: result.contrast.kind === 'contrast' ? (liftOf(result.contrast)?.lift ?? null) : null,
    interval: result.interval,
  }));
}

function benefitOutcome(result: BenefitResult): BenefitReading['outcome'] {
  if (result.missing !== null || result.contrast.kind !== 'contrast') return 'insufficient';
  if (result.better) return 'better';
  if (result.worse) return 'worse';
  return result.noEffect ? 'no-effect' : 'undecided';
}

function coverageReasons(plan: RampPlan, evidence: RampEvidence): Reason[] {
  return plan.metrics
    .filter((metric) => {
      const counts = (arm: string) => ({
        covered: of(metric, evidence)?.epochs.reduce((sum, epoch) => sum + (epoch.arms[arm]?.n ?? 0), 0) ?? 0,
        closed: units(evidence, arm, 0) - (of(metric, evidence)?.openUnits[arm] ?? 0),
      });
      return coverageDiffers(counts(CONTROL), counts(CHALLENGER), plan.plannedUnits);
    })
    .map(({ key }) => ({
      code: 'COVERAGE_DIFFERS',
      metric: key,
      message: `${key} is missing more often in one arm than in the other. Values that are missing for a reason make any comparison unfair; find out where they are lost.`,
    }));
}

function servingReasons(evidence: RampEvidence): Reason[] {
  if (evidence.championUnchanged) return [];
  return [
    {
      code: 'CHAMPION_CHANGED',
      message:
        'The champion of the task was changed while the rollout ran; the challenger was compared with another one. Roll back, or set the champion back.',
    },
  ];
}

interface ArmsByEpoch {
  readonly challenger: readonly EpochMoments[];
  readonly control: readonly EpochMoments[];
  /** Control and champion together: everyone who got the champion's answer. */
  readonly allChampion: readonly EpochMoments[];
}

function armsOf(metric: RampMetric, evidence: RampEvidence): ArmsByEpoch {
  const epochs = of(metric, evidence)?.epochs ?? [];
  const pick = (...arms: string[]): EpochMoments[] =>
    epochs.map(({ number, arms: moments }) => ({
      number,
      moments: arms.reduce(
        (sum, arm) => mergeArmMoments(sum, moments[arm] ?? EMPTY_ARM_MOMENTS),
        EMPTY_ARM_MOMENTS,
      ),
    }));
  return { challenger: pick(CHALLENGER), control: pick(CONTROL), allChampion: pick(CONTROL, CHAMPION) };
}

/** Per epoch, the challenger's part of all traffic: what the exact harm process expects of it. */
function challengerShares(evidence: RampEvidence): Record<number, number> {
  return Object.fromEntries(
    evidence.epochs.map(({ number, weights }) => {
      const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
      return [number, (weights[CHALLENGER] ?? 0) / total];
    }),
  );
}

function of(metric: RampMetric, evidence: RampEvidence): RampMetricEvidence | undefined {
  return evidence.metrics.find(({ key }) => key === metric.key);
}

/** Units of an arm first exposed in an epoch or later. */
function units(evidence: RampEvidence, arm: string, fromEpoch: number): number {
  return evidence.epochs
    .filter(({ number }) => number >= fromEpoch)
    .reduce((sum, epoch) => sum + (epoch.units[arm] ?? 0), 0);
}

function measured(
  metric: RampMetric,
  evidence: RampEvidence,
  fromEpoch: number,
): { challenger: number; control: number } {
  const count = (arm: string): number =>
    (of(metric, evidence)?.epochs ?? [])
      .filter(({ number }) => number >= fromEpoch)
      .reduce((sum, epoch) => sum + (epoch.arms[arm]?.n ?? 0), 0);
  return { challenger: count(CHALLENGER), control: count(CONTROL) };
}
