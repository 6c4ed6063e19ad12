import { Injectable } from '@nestjs/common';
import { LookReader } from '@app/analysis';
import { Database } from '@app/database';
import { Clock } from '@app/kernel';
import { type Actor, environmentAllowed, GovernanceError } from '@app/governance';
import {
  controlOf,
  type Experiment,
  ExperimentError,
  ExperimentReader,
  ExperimentService,
} from '@app/experiments';
import { AnalyticsStore } from '@app/metrics';
import { type ArmMoments, EMPTY_ARM_MOMENTS, type LookResult, mergeArmMoments } from '@app/stats';
import type { TaskHistory } from '../rehearsal/rehearse.js';
import { DAY_SECONDS } from '../domain/ramp-plan.js';
import { type PromotionCandidate, type PromotionLook, PromotionSource } from '../ports/promotion-source.js';

/** What a draft is promoted with is refused before it matters; these keep the types honest. */
const NOT_STARTED = { plannedUnits: 5000, minDays: 7 };

type TaskRow = Pick<PromotionCandidate, 'hashScheme' | 'championId'>;

/** Promotions of experiments, by their latest look. */
@Injectable()
export class ExperimentPromotionSource extends PromotionSource {
  constructor(
    private readonly database: Database,
    private readonly reader: ExperimentReader,
    private readonly experiments: ExperimentService,
    private readonly looks: LookReader,
    private readonly evidence: AnalyticsStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async candidate(experimentKey: string, variant: string, actor: Actor): Promise<PromotionCandidate> {
    const experiment = await this.reader.byKey(experimentKey);
    if (!experiment)
      throw new ExperimentError('EXPERIMENT_UNKNOWN', `there is no experiment "${experimentKey}"`);
    if (!environmentAllowed(actor, experiment.environment)) {
      throw new GovernanceError(
        'ENVIRONMENT_NOT_ALLOWED',
        `this key belongs to ${actor.environment}; it may not touch ${experiment.environment}`,
      );
    }
    const challenger = experiment.variants.find(({ key }) => key === variant);
    if (!challenger) {
      const names = experiment.variants.map(({ key }) => key).join(', ');
      throw new ExperimentError('VARIANT_UNKNOWN', `"${variant}" is no variant of it; it has ${names}`);
    }
    const control = controlOf(experiment.variants);
    const { plannedUnits, minDays } = experiment.fixedAtStart?.plan ?? NOT_STARTED;
    const metrics = (experiment.fixedAtStart?.metrics ?? []).filter(({ addedAt }) => addedAt === undefined);
    const { championId, hashScheme } = await this.task(experiment);
    return {
      experimentId: experiment.id,
      experimentKey,
      task: experiment.task,
      environment: experiment.environment,
      hashScheme,
      template: experiment.template,
      state: experiment.state,
      decision: experiment.conclusion?.decision ?? null,
      plannedUnits,
      minDays,
      metrics: metrics.map(({ metricId: _, version: __, addedAt: ___, ...metric }) => metric),
      metricIds: metrics.map(({ metricId }) => metricId),
      variant,
      challengerId: challenger.modelId,
      challengerShare: experiment.trafficShare * normalisedWeight(experiment, challenger.weight),
      trafficShare: experiment.trafficShare,
      controlVariant: control.key,
      controlModelId: control.modelId,
      championId,
      audienceLimited: experiment.audience !== null || experiment.prerequisites.length > 0,
      look: await this.look(experiment.id, variant, control.key),
    };
  }

  async history(candidate: PromotionCandidate): Promise<TaskHistory | null> {
    const found = await this.evidence.read(candidate.experimentId, this.clock.now());
    if (!found.firstExposureAt || !found.lastExposureAt) return null;
    const seconds = (found.lastExposureAt.getTime() - found.firstExposureAt.getTime()) / 1000;
    const units = found.epochs.reduce(
      (sum, epoch) => sum + Object.values(epoch.units).reduce((all, count) => all + count, 0),
      0,
    );
    const champion: Record<string, ArmMoments> = {};
    for (const { key, epochs } of found.metrics) {
      champion[key] = epochs.reduce(
        (sum, { arms }) => mergeArmMoments(sum, arms[candidate.controlVariant] ?? EMPTY_ARM_MOMENTS),
        EMPTY_ARM_MOMENTS,
      );
    }
    // A first day that is not over yet counts as one: traffic is not to be taken for more than it was.
    const days = Math.max(1, seconds / DAY_SECONDS);
    return { unitsPerDay: Math.round(units / days / candidate.trafficShare), champion };
  }

  async conclude(candidate: PromotionCandidate, reason: string, actor: Actor): Promise<void> {
    if (candidate.state === 'concluded') return;
    await this.experiments.conclude(
      candidate.experimentKey,
      { decision: 'ship', variant: candidate.variant, reason },
      actor,
    );
  }

  private async task({ task, environment }: Experiment): Promise<TaskRow> {
    const rows = await this.database.query<TaskRow>(
      `SELECT t.hash_scheme AS "hashScheme", e.champion_id AS "championId"
       FROM tasks t LEFT JOIN task_environments e ON e.task = t.key AND e.environment = $2 WHERE t.key = $1`,
      [task, environment],
    );
    return rows[0]!;
  }

  private async look(experimentId: string, variant: string, control: string): Promise<PromotionLook | null> {
    const look = await this.looks.latest(experimentId);
    const comparison = look?.result.comparisons.find(({ treatment }) => treatment === variant);
    if (!look || !comparison) return null;
    return {
      id: look.id,
      at: look.at,
      resultDigest: look.resultDigest,
      verdict: comparison.verdict,
      words: comparison.reasons.map(({ message }) => message).join(' '),
      controlMeans: controlMeans(look.result, control),
    };
  }
}

function normalisedWeight(experiment: Experiment, weight: number): number {
  return weight / experiment.variants.reduce((sum, variant) => sum + variant.weight, 0);
}

function controlMeans(result: LookResult, control: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(result.summaries).flatMap(([metric, arms]) => {
      const value = arms[control]?.ratio ? arms[control].ratio.value : arms[control]?.mean;
      return value == null ? [] : [[metric, value]];
    }),
  );
}
