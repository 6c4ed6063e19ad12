import { Injectable } from '@nestjs/common';
import { allocateRanges } from '@app/bucketing';
import { Database } from '@app/database';
import { type Actor, AuditLog, workerActor } from '@app/governance';
import { Clock, DomainError } from '@app/kernel';
import { type MetricDefinition, MetricService, ModelService, Publisher, TaskService } from '@app/registry';
import { SubjectStore } from '@app/subjects';
import { checkContent } from './domain/check-content.js';
import { epochShape, weightsOf } from './domain/epoch-shape.js';
import { type ExperimentAction, requireNextState } from './domain/experiment-lifecycle.js';
import { controlOf, type Decision, type Experiment } from './domain/experiment.js';
import { ExperimentError } from './domain/experiment.errors.js';
import { fixAtStart } from './domain/fix-at-start.js';
import { outcomesUntil } from './domain/outcomes-until.js';
import { trafficRefusal } from './domain/traffic.js';
import { ExperimentDesignService } from './experiment-design.service.js';
import { visibleTo } from './experiment-draft.service.js';
import { ExperimentPlanService } from './experiment-plan.service.js';
import { ExperimentSettings } from './experiment-settings.js';
import { ExperimentStore } from './ports/experiment.store.js';
import { ScheduleStore } from './ports/schedule.store.js';

export interface ConclusionInput {
  readonly decision: Decision;
  /** The arm to ship; only with `ship`. */
  readonly variant?: string | null;
  readonly reason: string;
}

/** The life of an experiment: start, pause, resume, conclude, archive. */
@Injectable()
export class ExperimentService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly settings: ExperimentSettings,
    private readonly experiments: ExperimentStore,
    private readonly plans: ExperimentPlanService,
    private readonly design: ExperimentDesignService,
    private readonly subjects: SubjectStore,
    private readonly schedules: ScheduleStore,
    private readonly tasks: TaskService,
    private readonly models: ModelService,
    private readonly metrics: MetricService,
    private readonly publisher: Publisher,
  ) {}

  /** Fixes the plan, takes the traffic and opens the first epoch. */
  async start(key: string, actor: Actor): Promise<Experiment> {
    return this.step(key, 'start', actor, {}, async (before, state) => {
      const task = await this.tasks.find(before.task);
      const definitions = await this.metrics.findAll(before.metrics.map((metric) => metric.metric));
      const draft = { ...before, metrics: pinNewest(before, definitions) };
      checkContent(draft, task.unitType, definitions);
      await this.design.requireReferences(draft, task);
      await this.design.requireNoCycle(draft);
      const now = this.clock.now();
      const started: Experiment = {
        ...draft,
        state,
        ranges: await this.takeTraffic(before),
        startedAt: now,
        fixedAtStart: fixAtStart(draft, definitions, {
          now,
          unitsFromPower: await this.plans.unitsFromPower(draft, definitions),
          lookIntervalSeconds: this.settings.lookIntervalSeconds,
        }),
      };
      await this.design.requireExpressible(started, task);
      await this.openSubject(started, task.unitType, now);
      return started;
    });
  }

  /** Nobody new is assigned, everyone gets the champion; the traffic stays reserved. */
  async pause(key: string, reason: string | null, actor: Actor): Promise<Experiment> {
    return this.step(key, 'pause', actor, { reason }, async (before, state) => ({
      ...before,
      state,
      pausedAt: this.clock.now(),
    }));
  }

  async resume(key: string, reason: string | null, actor: Actor): Promise<Experiment> {
    return this.step(key, 'resume', actor, { reason }, async (before, state) => ({
      ...before,
      state,
      pausedAt: null,
    }));
  }

  /** Ends it with a decision. Exposures end now; outcomes of those exposed count for their grace. */
  async conclude(key: string, input: ConclusionInput, actor: Actor): Promise<Experiment> {
    return this.step(key, 'conclude', actor, { reason: input.reason }, async (before, state) => {
      const now = this.clock.now();
      const variant = chosenVariant(before, input);
      const definitions = await this.metrics.byIds(before.metrics.map((metric) => metric.metricId));
      await this.subjects.close(before.id, {
        exposuresUntil: now,
        outcomesUntil: outcomesUntil(now, definitions),
      });
      await this.schedules.remove('stop', before.id);
      // The concluding look is due at once.
      await this.schedules.set('look', before.id, now);
      return {
        ...before,
        state,
        concludedAt: now,
        conclusion: {
          decision: input.decision,
          variant,
          reason: input.reason,
          at: now.toISOString(),
          by: actor.name,
        },
      };
    });
  }

  async archive(key: string, actor: Actor): Promise<Experiment> {
    return this.step(key, 'archive', actor, {}, async (before, state) => {
      await this.schedules.remove('start', before.id);
      return { ...before, state };
    });
  }

  /**
   * Called by the worker when a planned start is due. A draft that cannot start stays one: the reason is in the audit
   * log and the plan is dropped, so that it does not fail every minute.
   */
  async startDue(id: string, actor: Actor = workerActor()): Promise<Experiment | null> {
    const experiment = await this.experiments.byId(id);
    if (experiment?.state !== 'draft') {
      await this.schedules.remove('start', id);
      return null;
    }
    try {
      return await this.start(experiment.key, actor);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.database.transaction(async () => {
        await this.schedules.remove('start', id);
        await this.record(actor, 'experiment.start-refused', experiment, {
          reason: `${error.code}: ${error.message}`,
        });
      });
      return null;
    }
  }

  /** Called by the worker when the end date is due. */
  async stopDue(id: string, actor: Actor = workerActor()): Promise<Experiment | null> {
    const experiment = await this.experiments.byId(id);
    if (!experiment?.endAt || (experiment.state !== 'running' && experiment.state !== 'paused')) {
      await this.schedules.remove('stop', id);
      return null;
    }
    const { endAt } = experiment;
    if (endAt.getTime() > this.clock.now().getTime()) {
      await this.schedules.set('stop', id, endAt);
      return null;
    }
    return this.conclude(
      experiment.key,
      { decision: 'stop', reason: `its end date ${endAt.toISOString()} was reached` },
      actor,
    );
  }

  private async step(
    key: string,
    action: ExperimentAction,
    actor: Actor,
    { reason }: { reason?: string | null },
    work: (before: Experiment, state: Experiment['state']) => Promise<Experiment>,
  ): Promise<Experiment> {
    return this.database.transaction(async () => {
      const before = visibleTo(actor, await this.experiments.forUpdate(key), key);
      const state = requireNextState(before, action);
      const after = { ...(await work(before, state)), revision: before.revision + 1 };
      await this.experiments.save(after);
      await this.record(actor, `experiment.${action}`, after, { reason, before });
      await this.publisher.publish(after.environment, `experiment ${key}: ${action}`);
      return after;
    });
  }

  private async takeTraffic(experiment: Experiment): Promise<Experiment['ranges']> {
    if (experiment.assignment === 'given') return [];
    const taken = await this.experiments.trafficForUpdate(experiment.task, experiment.environment);
    const ranges = allocateRanges(
      taken.flatMap((other) => [...other.ranges]),
      experiment.trafficShare,
    );
    if (!ranges) throw trafficRefusal(experiment, experiment.trafficShare, taken);
    return ranges;
  }

  private async openSubject(experiment: Experiment, unitType: string, now: Date): Promise<void> {
    const { id, key, environment, task, assignment, covariates, dimensions } = experiment;
    await this.subjects.open(
      {
        id,
        kind: 'experiment',
        key,
        environment,
        task,
        unitType,
        assignment,
        covariates,
        dimensions,
        openedAt: now,
      },
      experiment.metrics.map((metric) => metric.metricId),
      { reason: 'start', weights: weightsOf(experiment), shape: epochShape(experiment) },
    );
    await this.tasks.markTraffic(task);
    await this.models.markServed(experiment.variants.map((variant) => variant.modelId));
    await this.schedules.remove('start', id);
    await this.schedules.set('look', id, new Date(now.getTime() + this.settings.lookIntervalSeconds * 1000));
    if (experiment.endAt) await this.schedules.set('stop', id, experiment.endAt);
  }

  private record(
    actor: Actor,
    action: string,
    after: Experiment,
    rest: { reason?: string | null; before?: Experiment },
  ): Promise<void> {
    const { key, environment } = after;
    return this.audit.record({
      actor,
      action,
      subjectType: 'experiment',
      subjectKey: key,
      environment,
      after,
      ...rest,
    });
  }
}

function pinNewest(experiment: Experiment, definitions: readonly MetricDefinition[]): Experiment['metrics'] {
  return experiment.metrics.map((metric, index) => ({
    ...metric,
    metricId: definitions[index]!.id,
    version: definitions[index]!.version,
  }));
}

function chosenVariant(experiment: Experiment, { decision, variant }: ConclusionInput): string | null {
  if (decision !== 'ship') {
    if (variant == null) return null;
    throw new ExperimentError(
      'VARIANT_UNKNOWN',
      `a variant is named only with the decision ship, not with ${decision}`,
    );
  }
  const control = controlOf(experiment.variants).key;
  const names = experiment.variants.filter((arm) => !arm.control).map((arm) => arm.key);
  if (variant == null) {
    throw new ExperimentError('VARIANT_NEEDED', `say which variant to ship: ${names.join(' or ')}`);
  }
  if (names.includes(variant)) return variant;
  const why = variant === control ? 'is the control and serves already' : 'is no variant of it';
  throw new ExperimentError('VARIANT_UNKNOWN', `"${variant}" ${why}; it could ship ${names.join(' or ')}`);
}
