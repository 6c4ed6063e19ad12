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
  workerActor,
} from '@app/governance';
import { Clock, uuidv7 } from '@app/kernel';
import { ModelService, Publisher, TaskService } from '@app/registry';
import { SubjectStore } from '@app/subjects';
import { HoldoutError } from './domain/holdout.errors.js';
import {
  DEFAULT_PLANNED_UNITS,
  dueStep,
  GRACE_DAYS,
  type Holdout,
  holdoutSaltOf,
  holdoutWeights,
  nextDue,
} from './domain/holdout.js';
import { datesOf, type HoldoutInput, HoldoutRequirements } from './holdout-requirements.service.js';
import { type HoldoutFilter, HoldoutStore } from './ports/holdout.store.js';

const DAY_MS = 86_400_000;

/** Units that are held back from every experiment and rollout of some tasks. */
@Injectable()
export class HoldoutService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly environments: EnvironmentService,
    private readonly tasks: TaskService,
    private readonly models: ModelService,
    private readonly requirements: HoldoutRequirements,
    private readonly subjects: SubjectStore,
    private readonly holdouts: HoldoutStore,
    private readonly publisher: Publisher,
  ) {}

  /** Takes its tasks and freezes their champions; holds units back at once, or from its start date on. */
  async create(input: HoldoutInput, actor: Actor): Promise<Holdout> {
    await this.environments.require(input.environment, actor);
    const now = this.clock.now();
    const { startAt, endAt } = datesOf(input, now);
    return this.database.transaction(async () => {
      const { tasks, unitType } = await this.requirements.frozen(input);
      const metrics = await this.requirements.measurable(input.metrics ?? [], unitType);
      const holdout: Holdout = {
        id: uuidv7(now),
        key: input.key,
        name: input.name ?? input.key,
        description: input.description ?? null,
        environment: input.environment,
        share: input.share,
        salt: holdoutSaltOf(input.key),
        state: startAt ? 'planned' : 'running',
        startAt,
        endAt,
        tasks,
        metrics: metrics.map(({ id: metricId, key, version }) => ({ metricId, key, version })),
        plannedUnits: input.plannedUnits ?? DEFAULT_PLANNED_UNITS,
        revision: 1,
        createdBy: actor.name,
        createdAt: now,
        startedAt: startAt ? null : now,
        endedAt: null,
      };
      const obstacle = await this.holdouts.insert(holdout);
      if (obstacle?.task === null) {
        throw new HoldoutError('KEY_TAKEN', `a holdout "${input.key}" already exists`);
      }
      if (obstacle) {
        throw new HoldoutError(
          'HOLDOUT_OVERLAPS',
          `${obstacle.holdout} holds units of ${obstacle.task} back in ${input.environment} already; end it first`,
        );
      }
      await this.models.markServed(holdout.tasks.map((task) => task.modelId));
      await this.measure(holdout, unitType);
      await this.record(actor, 'holdout.create', holdout, {});
      await this.announce(holdout, holdout.state === 'running' ? 'started' : null);
      return holdout;
    });
  }

  async find(key: string, actor: Actor): Promise<Holdout> {
    return visibleTo(actor, await this.holdouts.byKey(key), key);
  }

  async list(filter: HoldoutFilter, page: PageRequest, actor: Actor): Promise<Page<Holdout>> {
    const { environment } = filter;
    if (environment !== undefined) await this.environments.require(environment, actor);
    const rows = await this.holdouts.list(
      { ...filter, environment: environment ?? actor.environment ?? undefined },
      page,
    );
    return pageOf(rows, page, (holdout) => holdout.key);
  }

  /** Gives its units back to experiments, rollouts and today's champions. It stays readable for ever. */
  async end(key: string, reason: string, actor: Actor): Promise<Holdout> {
    return this.database.transaction(async () => {
      const before = visibleTo(actor, await this.holdouts.forUpdate({ key }), key);
      if (before.state === 'ended') {
        throw ended(before, 'make another one');
      }
      return this.move(before, 'end', reason, actor);
    });
  }

  /** Measures one more metric, over all units since it began; the events are there. */
  async addMetric(key: string, metric: string, actor: Actor): Promise<Holdout> {
    return this.database.transaction(async () => {
      const before = visibleTo(actor, await this.holdouts.forUpdate({ key }), key);
      if (before.state === 'ended') throw ended(before, 'say what is measured before it ends');
      const [definition] = await this.requirements.measurable(
        [metric],
        (await this.tasks.find(before.tasks[0]!.task)).unitType,
      );
      if (before.metrics.some((one) => one.key === metric)) return before;
      await this.subjects.addMetric(before.id, definition!.id);
      await this.holdouts.save({ ...before, revision: before.revision + 1 });
      const after = (await this.holdouts.byKey(key))!;
      await this.record(actor, 'holdout.add-metric', after, { before });
      return after;
    });
  }

  /** Called by the worker when a date is due. @returns when the next one is; null when never */
  async stepDue(id: string, actor: Actor = workerActor()): Promise<Date | null> {
    return this.database.transaction(async () => {
      const before = await this.holdouts.forUpdate({ id });
      if (!before) return null;
      const step = dueStep(before, this.clock.now());
      const date = step === 'start' ? before.startAt : before.endAt;
      const reason = `its ${step} date ${date?.toISOString()} was reached`;
      return nextDue(step === null ? before : await this.move(before, step, reason, actor));
    });
  }

  private async move(before: Holdout, step: 'start' | 'end', reason: string, actor: Actor): Promise<Holdout> {
    const now = this.clock.now();
    const after: Holdout = {
      ...before,
      state: step === 'start' ? 'running' : 'ended',
      startedAt: step === 'start' ? now : before.startedAt,
      endedAt: step === 'end' ? now : null,
      revision: before.revision + 1,
    };
    await this.holdouts.save(after);
    if (step === 'end') {
      const outcomesUntil = new Date(now.getTime() + GRACE_DAYS * DAY_MS);
      await this.subjects.close(after.id, { exposuresUntil: now, outcomesUntil });
    }
    await this.record(actor, `holdout.${step}`, after, { reason, before });
    const wasRunning = before.state === 'running';
    await this.announce(after, step === 'start' ? 'started' : wasRunning ? 'ended' : null);
    return after;
  }

  /**
   * Units enter or leave every experiment and rollout of its tasks at once, which is a change of their audience: without
   * a new epoch a look would compare units of before and after as if nothing had happened.
   */
  private async announce(holdout: Holdout, change: 'started' | 'ended' | null): Promise<void> {
    await this.holdouts.plan(holdout.id, nextDue(holdout));
    if (change === null) return;
    const { key, environment, share } = holdout;
    const openedAt = this.clock.now();
    for (const { id } of await this.subjects.assigning(environment, taskKeys(holdout))) {
      await this.subjects.audienceChanged(id, {
        openedAt,
        reason: `holdout ${key} ${change}`,
        shape: { holdout: change === 'started' ? { key, share } : null },
      });
    }
    await this.publisher.publish(environment, `holdout ${key} ${change}`);
  }

  /**
   * From its first moment on, whatever it is measured by: exposures cannot be made up for later. Its units never change,
   * so one epoch lasts for ever.
   */
  private measure(holdout: Holdout, unitType: string): Promise<void> {
    const { id, key, environment, tasks, metrics, share } = holdout;
    const [task, ...furtherTasks] = tasks.map((one) => one.task);
    return this.subjects.open(
      {
        ...{ id, kind: 'holdout', key, environment, task: task!, furtherTasks, unitType },
        ...{ assignment: 'platform', covariates: [], dimensions: [] },
        openedAt: holdout.startAt ?? holdout.createdAt,
      },
      metrics.map(({ metricId }) => metricId),
      { weights: holdoutWeights(share), shape: { share }, reason: 'units are held back' },
    );
  }

  private record(
    actor: Actor,
    action: string,
    after: Holdout,
    rest: { reason?: string; before?: Holdout },
  ): Promise<void> {
    const { key, environment } = after;
    return this.audit.record({
      actor,
      action,
      subjectType: 'holdout',
      subjectKey: key,
      environment,
      after,
      ...rest,
    });
  }
}

function ended({ key, endedAt }: Holdout, instead: string): HoldoutError {
  return new HoldoutError('STATE_NOT_ALLOWED', `${key} ended at ${endedAt!.toISOString()}; ${instead}`);
}

const taskKeys = (holdout: Holdout): string[] => holdout.tasks.map(({ task }) => task);

function visibleTo(actor: Actor, holdout: Holdout | null, key: string): Holdout {
  if (!holdout) throw new HoldoutError('HOLDOUT_UNKNOWN', `there is no holdout "${key}"`);
  if (!environmentAllowed(actor, holdout.environment)) {
    throw new GovernanceError(
      'ENVIRONMENT_NOT_ALLOWED',
      `this key belongs to ${actor.environment}; ${key} is of ${holdout.environment}`,
    );
  }
  return holdout;
}
