import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import {
  type Actor,
  AuditLog,
  environmentAllowed,
  EnvironmentService,
  GovernanceError,
  type Page,
  pageOf,
  type PageRequest,
} from '@app/governance';
import { Clock, uuidv7 } from '@app/kernel';
import type { Experiment, ExperimentContent } from './domain/experiment.js';
import { ExperimentError } from './domain/experiment.errors.js';
import { contentOf, ExperimentContentService, type ExperimentInput } from './experiment-content.service.js';
import { type ExperimentFilter, ExperimentStore } from './ports/experiment.store.js';
import { ScheduleStore } from './ports/schedule.store.js';

/** Writing experiments down, reading them, and beginning again from one that exists. */
@Injectable()
export class ExperimentDraftService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly environments: EnvironmentService,
    private readonly content: ExperimentContentService,
    private readonly experiments: ExperimentStore,
    private readonly schedules: ScheduleStore,
  ) {}

  async create(input: ExperimentInput, actor: Actor): Promise<Experiment> {
    await this.environments.require(input.environment, actor);
    return this.database.transaction(async () =>
      this.insert(input.key, await this.content.fromInput(input), null, actor),
    );
  }

  /** A new draft with everything the other has but its dates, its results and its state. */
  async clone(key: string, newKey: string, actor: Actor): Promise<Experiment> {
    return this.database.transaction(async () => {
      const source = await this.find(key, actor);
      const { startAt: _start, endAt: _end, variants, metrics, ...rest } = contentOf(source);
      const content = await this.content.fromInput({
        ...rest,
        key: newKey,
        name: source.name === source.key ? newKey : `${source.name} (again)`,
        variants,
        metrics,
      });
      return this.insert(newKey, content, source.key, actor);
    });
  }

  async find(key: string, actor: Actor): Promise<Experiment> {
    return visibleTo(actor, await this.experiments.byKey(key), key);
  }

  async list(filter: ExperimentFilter, page: PageRequest, actor: Actor): Promise<Page<Experiment>> {
    const { environment } = filter;
    if (environment !== undefined) await this.environments.require(environment, actor);
    const rows = await this.experiments.list(
      { ...filter, environment: environment ?? actor.environment ?? undefined },
      page,
    );
    return pageOf(rows, page, (experiment) => experiment.key);
  }

  private async insert(
    key: string,
    content: ExperimentContent,
    clonedFrom: string | null,
    actor: Actor,
  ): Promise<Experiment> {
    const now = this.clock.now();
    refusePastStart(content.startAt, now);
    const experiment: Experiment = {
      id: uuidv7(now),
      key,
      ...content,
      state: 'draft',
      ranges: [],
      fixedAtStart: null,
      conclusion: null,
      clonedFrom,
      revision: 1,
      createdBy: actor.name,
      createdAt: now,
      startedAt: null,
      pausedAt: null,
      concludedAt: null,
    };
    if (!(await this.experiments.insert(experiment))) {
      throw new ExperimentError('KEY_TAKEN', `an experiment "${key}" already exists`);
    }
    if (experiment.startAt) await this.schedules.set('start', experiment.id, experiment.startAt);
    await this.audit.record({
      actor,
      action: clonedFrom === null ? 'experiment.create' : 'experiment.clone',
      subjectType: 'experiment',
      subjectKey: key,
      environment: experiment.environment,
      after: experiment,
    });
    return experiment;
  }
}

/** @throws ExperimentError when there is none, GovernanceError when the actor may not see it */
export function visibleTo(actor: Actor, experiment: Experiment | null, key: string): Experiment {
  if (!experiment) throw new ExperimentError('EXPERIMENT_UNKNOWN', `there is no experiment "${key}"`);
  if (!environmentAllowed(actor, experiment.environment)) {
    throw new GovernanceError(
      'ENVIRONMENT_NOT_ALLOWED',
      `this key belongs to ${actor.environment}; ${key} runs in ${experiment.environment}`,
    );
  }
  return experiment;
}

/** A start in the past would start at once, which nobody means by a date. */
export function refusePastStart(startAt: Date | null, now: Date): void {
  if (startAt && startAt.getTime() <= now.getTime()) {
    throw new ExperimentError(
      'START_HAS_PASSED',
      `startAt is ${startAt.toISOString()}, which has passed; leave it out and start by hand`,
    );
  }
}
