import type { MetricPlan } from '@app/stats';
import { promotingMetrics } from './benefit.js';
import { assertStageMargins, widestFactor } from './margin-width.js';
import {
  DAY_SECONDS,
  DEFAULT_STAGES,
  EMERGENCY_STAGES,
  isShadow,
  MAX_LAG_SECONDS,
  SHADOW_MIN_UNITS,
  WEEKLY_CYCLE_DAYS,
  type FreezeWindow,
  type RampMetric,
  type RampPlan,
  type RampStage,
  type RampTemplate,
} from './ramp-plan.js';
import { judgedInShadow } from './read-shadow.js';
import { RolloutError } from './rollout.errors.js';

/** A stage as a person writes it. A last stage with share 1 may be written to ask for approval of the promotion. */
export interface StageInput {
  /** Compares answers to mirrored requests, before anybody gets the challenger; the first stage only, its share is 0. */
  readonly kind?: 'shadow';
  readonly share: number;
  readonly marginFactor?: number;
  readonly bakeSeconds?: number;
  readonly minUnits?: number;
  readonly requiresApproval?: boolean;
}

/** What a plan is resolved from: the experiment's metrics and sizes, and what the person asked for. */
export interface PlanInput {
  readonly template: RampTemplate | null;
  readonly metrics: readonly MetricPlan[];
  readonly plannedUnits: number;
  readonly minDays?: number;
  readonly maxRolloutDays?: number;
  readonly maxSilenceSeconds?: number;
  readonly coolDownSeconds?: number;
  readonly freezeWindows?: readonly FreezeWindow[];
  readonly stages?: readonly StageInput[];
  /** The challenger's share in the experiment when it was shipped; null begins at the first stage. */
  readonly challengerShare: number | null;
  /** Control means of the concluding look, to judge absolute margins of unbounded metrics. */
  readonly controlMeans: Readonly<Record<string, number>>;
  readonly carryWinners?: boolean;
  readonly dryRun?: boolean;
}

export const DEFAULT_MARGIN = { value: 0.05, type: 'relative', isDefault: true } as const;

/**
 * The full plan with every default written out.
 *
 * @throws RolloutError `ROLLOUT_PLAN_INVALID` naming each field; `STAGE_MARGIN_TOO_WIDE` for a margin that says nothing
 */
export function resolvePlan(input: PlanInput): RampPlan {
  const metrics = input.metrics.filter(isGating).map(withMargin);
  const { stages, promotionRequiresApproval } = resolveStages(input, metrics);
  const plan: RampPlan = {
    template: input.template ?? 'quality-up',
    stages,
    startStage: startStage(stages, input.challengerShare),
    promotionRequiresApproval,
    metrics,
    alphaHarm: 0.01,
    alphaNonInferiority: 0.05,
    alphaBenefit: 0.05,
    plannedUnits: input.plannedUnits,
    minDays: Math.max(WEEKLY_CYCLE_DAYS, input.minDays ?? 0),
    maxRolloutDays: input.maxRolloutDays ?? 90,
    maxLagSeconds: MAX_LAG_SECONDS,
    maxSilenceSeconds: input.maxSilenceSeconds ?? 2 * DAY_SECONDS,
    coolDownSeconds: input.coolDownSeconds ?? DAY_SECONDS,
    freezeWindows: input.freezeWindows ?? [],
    carryWinners: input.carryWinners ?? false,
    dryRun: input.dryRun ?? false,
  };
  const problems = [...stageProblems(stages), ...shadowProblems(plan), ...planProblems(plan)];
  if (problems.length > 0) {
    throw new RolloutError('ROLLOUT_PLAN_INVALID', problems.map(({ message }) => message).join(' '), {
      errors: problems,
    });
  }
  assertStageMargins(stages, metrics, input.controlMeans);
  return plan;
}

function isGating(metric: MetricPlan): metric is MetricPlan & { role: 'success' | 'guardrail' } {
  return metric.role !== 'exploratory';
}

function withMargin(metric: MetricPlan & { role: 'success' | 'guardrail' }): RampMetric {
  return { ...metric, margin: metric.margin ?? DEFAULT_MARGIN };
}

function resolveStages(
  input: PlanInput,
  metrics: readonly RampMetric[],
): { stages: readonly RampStage[]; promotionRequiresApproval: boolean } {
  // A declared margin above 5 % would make the default factors say nothing, so these give way; declared ones don't.
  const widest = widestFactor(metrics, input.controlMeans);
  const factorAt = (share: number): number => Math.max(1, Math.min(defaultFactor(share), widest));
  if (!input.stages || input.stages.length === 0) {
    if (input.template === 'emergency') return { stages: EMERGENCY_STAGES, promotionRequiresApproval: false };
    const stages = DEFAULT_STAGES.map((stage) => ({ ...stage, marginFactor: factorAt(stage.share) }));
    return { stages, promotionRequiresApproval: false };
  }
  const last = input.stages.at(-1)!;
  const controlled = last.share === 1 ? input.stages.slice(0, -1) : input.stages;
  return {
    stages: controlled.map((stage, index) => ({
      ...(stage.kind === 'shadow' && { kind: stage.kind }),
      share: stage.share,
      // The last stage decides promotion, at the declared margin, however small its share is; pairs need no width.
      marginFactor:
        stage.marginFactor ??
        (stage.kind === 'shadow' || index === controlled.length - 1 ? 1 : factorAt(stage.share)),
      bakeSeconds: stage.bakeSeconds ?? DAY_SECONDS,
      minUnits: stage.minUnits ?? (stage.kind === 'shadow' ? SHADOW_MIN_UNITS : 100),
      requiresApproval: stage.requiresApproval ?? false,
    })),
    promotionRequiresApproval: last.share === 1 && (last.requiresApproval ?? false),
  };
}

function defaultFactor(share: number): number {
  return DEFAULT_STAGES.findLast((stage) => stage.share <= share)?.marginFactor ?? 5;
}

/** The first stage that leaves the challenger at least the share it had: shipping never takes units away from it. */
function startStage(stages: readonly RampStage[], challengerShare: number | null): number {
  if (challengerShare === null) return 0;
  const found = stages.findIndex((stage) => stage.share >= challengerShare - 1e-9);
  return found === -1 ? Math.max(0, stages.length - 1) : found;
}

interface Problem {
  readonly field: string;
  readonly message: string;
}

function stageProblems(all: readonly RampStage[]): Problem[] {
  // A shadow stage has rules of its own.
  const shift = isShadow(all[0]) ? 1 : 0;
  const stages = all.slice(shift);
  if (stages.length === 0) {
    return [{ field: 'stages', message: 'A rollout needs at least one controlled stage before 100 %.' }];
  }
  const problems: Problem[] = [];
  const refuse = (index: number, field: keyof RampStage, message: string): void => {
    problems.push({ field: `stages[${index + shift}].${field}`, message });
  };
  stages.forEach((stage, index) => {
    if (!(stage.share > 0 && stage.share <= 0.5)) {
      refuse(
        index,
        'share',
        `Share ${stage.share} leaves no equal-sized control; it must be above 0 and at most 0.5.`,
      );
    }
    const before = stages[index - 1];
    if (before && stage.share <= before.share) {
      refuse(index, 'share', `Share ${stage.share} does not exceed ${before.share} of the stage before.`);
    }
    if (!(stage.marginFactor >= 1)) refuse(index, 'marginFactor', `Factor ${stage.marginFactor} is below 1.`);
    if (stage.share >= 0.25 && stage.marginFactor > 1) {
      refuse(
        index,
        'marginFactor',
        `From a share of 25 % on the declared margin counts: the factor must be 1.`,
      );
    }
    if (!(stage.bakeSeconds >= 0))
      refuse(index, 'bakeSeconds', `Bake time ${stage.bakeSeconds} is negative.`);
    if (!(Number.isInteger(stage.minUnits) && stage.minUnits >= 1)) {
      refuse(index, 'minUnits', `${stage.minUnits} is not a number of units of at least 1.`);
    }
  });
  if (stages.at(-1)!.marginFactor !== 1) {
    refuse(
      stages.length - 1,
      'marginFactor',
      'The last controlled stage decides promotion: its factor must be 1.',
    );
  }
  return problems;
}

function shadowProblems({ stages, metrics, template, carryWinners, startStage }: RampPlan): Problem[] {
  const [first, ...later] = stages;
  const problems: Problem[] = [];
  const need = (holds: boolean, field: string, message: string): void => {
    if (!holds) problems.push({ field, message });
  };
  later.forEach((stage, index) =>
    need(!isShadow(stage), `stages[${index + 1}].kind`, 'Only the first stage may be a shadow stage.'),
  );
  if (!first || !isShadow(first)) return problems;
  need(
    first.share === 0,
    'stages[0].share',
    `Nobody gets the challenger in a shadow stage: share ${first.share} must be 0.`,
  );
  need(first.marginFactor >= 1, 'stages[0].marginFactor', `Factor ${first.marginFactor} is below 1.`);
  need(first.bakeSeconds >= 0, 'stages[0].bakeSeconds', `Bake time ${first.bakeSeconds} is negative.`);
  need(
    Number.isInteger(first.minUnits) && first.minUnits >= 1,
    'stages[0].minUnits',
    `${first.minUnits} is not a number of units of at least 1.`,
  );
  need(template !== 'emergency', 'stages[0].kind', 'An emergency does not wait for a shadow stage.');
  need(
    !carryWinners || startStage > 0,
    'carryWinners',
    'Units that keep the winner get the challenger, which nobody does in a shadow stage.',
  );
  need(
    metrics.some(judgedInShadow),
    'metrics',
    'A shadow stage compares units by proportions, means, counts and ratios, of which there is none.',
  );
  return problems;
}

function planProblems(plan: RampPlan): Problem[] {
  const problems: Problem[] = [];
  const need = (holds: boolean, field: string, message: string): void => {
    if (!holds) problems.push({ field, message });
  };
  need(
    plan.template === 'emergency' || promotingMetrics(plan).length > 0,
    'metrics',
    plan.template === 'quality-up'
      ? 'A rollout needs a success metric whose gain can promote it.'
      : `Template ${plan.template} needs a success metric that should decrease.`,
  );
  need(plan.plannedUnits >= 2, 'plannedUnits', `${plan.plannedUnits} planned units cannot be compared.`);
  need(plan.minDays >= 0, 'minDays', `${plan.minDays} days is negative.`);
  need(
    plan.maxRolloutDays > plan.minDays,
    'maxRolloutDays',
    `${plan.maxRolloutDays} days leave no time beyond the ${plan.minDays} days before promotion.`,
  );
  need(plan.coolDownSeconds >= 0, 'coolDownSeconds', `${plan.coolDownSeconds} seconds is negative.`);
  plan.freezeWindows.forEach((window, index) =>
    need(
      Date.parse(window.from) < Date.parse(window.to),
      `freezeWindows[${index}]`,
      `The window must end after it begins.`,
    ),
  );
  return problems;
}
