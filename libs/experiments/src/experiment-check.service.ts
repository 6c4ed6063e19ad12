import { Injectable } from '@nestjs/common';
import { allocateRanges, freeShare } from '@app/bucketing';
import type { Actor } from '@app/governance';
import { Clock, DomainError } from '@app/kernel';
import {
  type MetricDefinition,
  MetricService,
  ModelService,
  parseModelRef,
  TaskService,
} from '@app/registry';
import { checkContent } from './domain/check-content.js';
import { requireNextState } from './domain/experiment-lifecycle.js';
import type { Experiment } from './domain/experiment.js';
import { fixAtStart, resolvePlan } from './domain/fix-at-start.js';
import { trafficRefusal } from './domain/traffic.js';
import { ExperimentDesignService } from './experiment-design.service.js';
import { ExperimentDraftService } from './experiment-draft.service.js';
import { ExperimentPlanService, type MetricPower } from './experiment-plan.service.js';
import { ExperimentStore, type TrafficTaken } from './ports/experiment.store.js';
import { TrafficReader } from './ports/traffic.reader.js';

export interface CheckNote {
  readonly code: string;
  readonly message: string;
}

export interface ExperimentCheck {
  /** Whether start would be accepted now. */
  readonly startable: boolean;
  /** What start would refuse. */
  readonly problems: readonly CheckNote[];
  /** What it would accept, and a careful person would look at. */
  readonly warnings: readonly CheckNote[];
  readonly plannedUnits: number;
  readonly power: readonly MetricPower[];
  readonly traffic: {
    /** Measured over the last seven days on the whole task; null without traffic. */
    readonly unitsPerDay: number | null;
    /** Of those, the units this experiment would get. */
    readonly experimentUnitsPerDay: number | null;
    readonly daysToPlannedUnits: number | null;
    readonly freeShare: number;
    readonly takenBy: ReadonlyArray<Pick<TrafficTaken, 'key' | 'state' | 'trafficShare'>>;
  };
  /** Metrics none of whose events came in the last seven days. */
  readonly silentMetrics: readonly string[];
}

/** Reads a plan with the eyes of someone who has been burnt: what is missing, what collides, how long it takes. */
@Injectable()
export class ExperimentCheckService {
  constructor(
    private readonly clock: Clock,
    private readonly drafts: ExperimentDraftService,
    private readonly experiments: ExperimentStore,
    private readonly plans: ExperimentPlanService,
    private readonly design: ExperimentDesignService,
    private readonly traffic: TrafficReader,
    private readonly tasks: TaskService,
    private readonly models: ModelService,
    private readonly metrics: MetricService,
  ) {}

  async check(key: string, actor: Actor): Promise<ExperimentCheck> {
    const experiment = await this.drafts.find(key, actor);
    const now = this.clock.now();
    const definitions = experiment.startedAt
      ? await this.pinned(experiment)
      : await this.metrics.findAll(experiment.metrics.map((metric) => metric.metric));
    const others = (await this.experiments.traffic(experiment.task, experiment.environment)).filter(
      (other) => other.id !== experiment.id,
    );
    const power = await this.plans.power(experiment, definitions);
    const unitsFromPower = await this.plans.unitsFromPower(experiment, definitions);
    const plannedUnits = resolvePlan(experiment.plan, unitsFromPower).plannedUnits;
    const problems = await this.problems(experiment, definitions, others, now);
    const traffic = await this.trafficOf(experiment, plannedUnits, others, now);
    const silentMetrics = await this.silentMetrics(experiment, definitions, now);
    const warnings = await this.warnings(experiment, { power, plannedUnits, traffic, silentMetrics });
    return {
      startable: problems.length === 0,
      problems,
      warnings,
      plannedUnits,
      power,
      traffic,
      silentMetrics,
    };
  }

  private async pinned(experiment: Experiment): Promise<MetricDefinition[]> {
    const found = await this.metrics.byIds(experiment.metrics.map((metric) => metric.metricId));
    return experiment.metrics.map((metric) => found.find((one) => one.id === metric.metricId)!);
  }

  private async problems(
    experiment: Experiment,
    definitions: readonly MetricDefinition[],
    others: readonly TrafficTaken[],
    now: Date,
  ): Promise<CheckNote[]> {
    const task = await this.tasks.find(experiment.task);
    const attempts: Array<() => void | Promise<void>> = [
      () => requireNextState(experiment, 'start'),
      () => checkContent(experiment, task.unitType, definitions),
      () => fixAtStart(experiment, definitions, { now, unitsFromPower: null, lookIntervalSeconds: 1 }),
      () => this.design.requireReferences(experiment, task),
      () => this.design.requireNoCycle(experiment),
      () => {
        if (experiment.assignment === 'given') return;
        const taken = others.flatMap((other) => [...other.ranges]);
        const ranges = allocateRanges(taken, experiment.trafficShare);
        if (!ranges) throw trafficRefusal(experiment, experiment.trafficShare, others);
        return this.design.requireExpressible({ ...experiment, ranges }, task);
      },
    ];
    const found: CheckNote[] = [];
    for (const attempt of attempts) {
      try {
        await attempt();
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        found.push({ code: error.code, message: error.message });
      }
    }
    return found;
  }

  private async trafficOf(
    experiment: Experiment,
    plannedUnits: number,
    others: readonly TrafficTaken[],
    now: Date,
  ): Promise<ExperimentCheck['traffic']> {
    const unitsPerDay = await this.traffic.unitsPerDay(experiment.task, experiment.environment, now);
    const own = unitsPerDay === null ? null : unitsPerDay * experiment.trafficShare;
    return {
      unitsPerDay,
      experimentUnitsPerDay: own,
      daysToPlannedUnits: own === null ? null : plannedUnits / own,
      freeShare: freeShare(others.flatMap((other) => [...other.ranges])),
      takenBy: others.map(({ key, state, trafficShare }) => ({ key, state, trafficShare })),
    };
  }

  private async silentMetrics(
    experiment: Experiment,
    definitions: readonly MetricDefinition[],
    now: Date,
  ): Promise<string[]> {
    const eventsOf = (one: MetricDefinition): string[] =>
      one.numerator && one.denominator ? [one.numerator, one.denominator] : [one.source];
    const names = [...new Set(definitions.flatMap(eventsOf))];
    const silent = new Set(await this.traffic.silent(experiment.environment, names, now));
    return definitions.filter((one) => eventsOf(one).some((name) => silent.has(name))).map((one) => one.key);
  }

  private async warnings(
    experiment: Experiment,
    found: Pick<ExperimentCheck, 'power' | 'plannedUnits' | 'traffic' | 'silentMetrics'>,
  ): Promise<CheckNote[]> {
    const { power, plannedUnits, traffic, silentMetrics } = found;
    const notes: CheckNote[] = [];
    const warn = (code: string, message: string): void => void notes.push({ code, message });
    for (const metric of power) {
      if (metric.requiredUnits === null) warn('BASELINE_UNKNOWN', `${metric.metric}: ${metric.note}`);
      else if (metric.requiredUnits > plannedUnits) {
        warn(
          'UNDERPOWERED',
          `${metric.metric} needs ${metric.requiredUnits} units; ${plannedUnits} are planned`,
        );
      }
    }
    for (const metric of silentMetrics) {
      warn('METRIC_SILENT', `no event of ${metric} came in the last seven days; is it sent?`);
    }
    if (traffic.unitsPerDay === null) {
      warn(
        'TRAFFIC_UNKNOWN',
        `no exposure of ${experiment.task} in the last seven days, so days cannot be told`,
      );
    } else if (traffic.daysToPlannedUnits! > 90) {
      warn(
        'TAKES_LONG',
        `at the measured traffic ${plannedUnits} units take ${Math.ceil(traffic.daysToPlannedUnits!)} days`,
      );
    }
    for (const metric of experiment.metrics) {
      if (metric.role === 'guardrail' && !metric.margin) {
        warn('MARGIN_DEFAULT', `${metric.metric} has no margin; the default of 5 % relative is used`);
      }
    }
    if (!experiment.metrics.some((metric) => metric.role === 'guardrail')) {
      warn('NO_GUARDRAIL', 'nothing is watched for harm; name what must not get worse');
    }
    await this.serviceWarnings(experiment, warn);
    return notes;
  }

  private async serviceWarnings(
    experiment: Experiment,
    warn: (code: string, message: string) => void,
  ): Promise<void> {
    const task = await this.tasks.find(experiment.task);
    const serving = task.environments.find((one) => one.environment === experiment.environment);
    if (!serving?.champion) {
      warn(
        'NO_CHAMPION',
        `${task.key} has no champion in ${experiment.environment}: units outside get no model`,
      );
    }
    if (serving && !serving.enabled)
      warn('TASK_DISABLED', `${task.key} is switched off in ${experiment.environment}`);
    const rollout = await this.traffic.activeRollout(task.key, experiment.environment);
    if (rollout)
      warn(
        'ROLLOUT_ACTIVE',
        `the rollout ${rollout} moves the same task; only units outside the experiment see it`,
      );
    for (const variant of experiment.startedAt ? [] : experiment.variants) {
      const newest = await this.models.find(parseModelRef(variant.model).key);
      if (newest.id !== variant.modelId) {
        warn('MODEL_OUTDATED', `${variant.key} uses ${variant.model}; version ${newest.version} exists`);
      }
    }
  }
}
