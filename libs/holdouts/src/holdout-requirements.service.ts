import { Injectable } from '@nestjs/common';
import { schemeProblems } from '@app/bucketing';
import { type MetricDefinition, MetricService, ModelService, type Task, TaskService } from '@app/registry';
import { HoldoutError } from './domain/holdout.errors.js';
import type { HoldoutTask } from './domain/holdout.js';

export interface HoldoutInput {
  readonly key: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly environment: string;
  readonly tasks: readonly string[];
  readonly share: number;
  readonly startAt?: Date | null;
  readonly endAt?: Date | null;
  /** Keys of the metrics it is measured by. */
  readonly metrics?: readonly string[];
  readonly plannedUnits?: number;
}

/** Whether what a holdout asks for can be held back and measured, and what that is as of now. */
@Injectable()
export class HoldoutRequirements {
  constructor(
    private readonly tasks: TaskService,
    private readonly models: ModelService,
    private readonly metrics: MetricService,
  ) {}

  /** Tasks with the champions they have now. In the order of their keys, so that two holdouts made at once wait for each other instead of blocking each other. */
  async frozen({
    key: holdout,
    share,
    tasks,
    environment,
  }: HoldoutInput): Promise<{ tasks: HoldoutTask[]; unitType: string }> {
    const found: HoldoutTask[] = [];
    let first: { key: string; unitType: string } | null = null;
    for (const key of [...tasks].sort()) {
      const task = await this.tasks.find(key);
      first ??= task;
      if (task.unitType !== first.unitType) {
        throw new HoldoutError(
          'HOLDOUT_UNITS_DIFFER',
          `${first.key} randomises each ${first.unitType} and ${key} each ${task.unitType}; hold them back apart`,
        );
      }
      requireExpressible(holdout, share, task);
      const champion = task.environments.find((one) => one.environment === environment)?.champion;
      if (!champion) {
        throw new HoldoutError(
          'HOLDOUT_NEEDS_CHAMPION',
          `${key} has no champion in ${environment}, so there is nothing to hold units on`,
        );
      }
      found.push({ task: key, modelId: (await this.models.find(champion)).id, model: champion });
    }
    return { tasks: found, unitType: first!.unitType };
  }

  /** The metrics as they are now, when they can tell one arm from another. */
  async measurable(keys: readonly string[], unitType: string): Promise<MetricDefinition[]> {
    const definitions = await this.metrics.findAll(keys);
    for (const metric of definitions) {
      if (metric.unitType !== null && metric.unitType !== unitType) {
        throw new HoldoutError(
          'METRIC_UNIT_MISMATCH',
          `${metric.key} is measured per ${metric.unitType}, but the holdout holds back each ${unitType}`,
        );
      }
      if (metric.kind === 'quantile') {
        throw new HoldoutError(
          'METRIC_NOT_DECIDABLE',
          `${metric.key} is a quantile: measure a proportion with a threshold (a service level) instead`,
        );
      }
    }
    return definitions;
  }
}

export function datesOf(
  { startAt, endAt }: HoldoutInput,
  now: Date,
): { startAt: Date | null; endAt: Date | null } {
  if (startAt && startAt <= now) {
    throw new HoldoutError(
      'START_HAS_PASSED',
      `startAt is ${startAt.toISOString()}, which has passed; leave it out to start at once`,
    );
  }
  if (endAt && endAt <= now) {
    throw new HoldoutError('END_HAS_PASSED', `it would end at ${endAt.toISOString()}, which has passed`);
  }
  if (startAt && endAt && endAt <= startAt) {
    throw new HoldoutError(
      'DATES_NOT_ORDERED',
      `it would end at ${endAt.toISOString()}, which is not after its start at ${startAt.toISOString()}`,
    );
  }
  return { startAt: startAt ?? null, endAt: endAt ?? null };
}

function requireExpressible(key: string, share: number, { key: task, hashScheme }: Task): void {
  const [problem] = schemeProblems({ hashScheme, experiments: [], rollout: null, holdout: { key, share } });
  if (!problem) return;
  throw new HoldoutError(
    'SCHEME_CANNOT_EXPRESS',
    `${task} is hashed by ${hashScheme}, which cannot say ${key}: ${problem.message}`,
  );
}
