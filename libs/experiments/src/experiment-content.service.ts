import { Injectable } from '@nestjs/common';
import {
  type MetricDefinition,
  MetricService,
  ModelService,
  modelRef,
  parseModelRef,
  TaskService,
} from '@app/registry';
import type { Amount, MetricRole } from '@app/stats';
import { checkContent } from './domain/check-content.js';
import { ExperimentDesignService } from './experiment-design.service.js';
import type {
  Experiment,
  ExperimentContent,
  ExperimentMetric,
  ExperimentVariant,
} from './domain/experiment.js';

export interface VariantInput {
  readonly key: string;
  /** `key` (its newest version) or `key@version`. */
  readonly model: string;
  readonly weight: number;
  readonly control: boolean;
}

export interface MetricRoleInput {
  readonly metric: string;
  readonly role: MetricRole;
  readonly mde?: Amount | null;
  readonly margin?: Amount | null;
  readonly harmMargin?: Amount | null;
}

/** An experiment as a person writes it, with the fields that must be there. */
export type ExperimentInput = Pick<ExperimentContent, 'task' | 'environment' | 'hypothesis'> & {
  readonly key: string;
  readonly variants: readonly VariantInput[];
  readonly metrics: readonly MetricRoleInput[];
} & Partial<Omit<ExperimentContent, 'variants' | 'metrics'>>;

/** An edit: what is left out stays. */
export type ExperimentChanges = Partial<Omit<ExperimentInput, 'key'>>;

/** Turns what a person wrote into checked content with pinned models and metrics. */
@Injectable()
export class ExperimentContentService {
  constructor(
    private readonly tasks: TaskService,
    private readonly models: ModelService,
    private readonly metrics: MetricService,
    private readonly design: ExperimentDesignService,
  ) {}

  async fromInput({ key, variants, metrics, ...input }: ExperimentInput): Promise<ExperimentContent> {
    const content: ExperimentContent = {
      task: input.task,
      environment: input.environment,
      hypothesis: input.hypothesis,
      name: input.name ?? key,
      owner: input.owner ?? null,
      tags: input.tags ?? [],
      template: input.template ?? null,
      assignment: input.assignment ?? 'platform',
      audience: input.audience ?? null,
      prerequisites: input.prerequisites ?? [],
      overrides: input.overrides ?? {},
      trafficShare: input.trafficShare ?? 1,
      startAt: input.startAt ?? null,
      endAt: input.endAt ?? null,
      dimensions: input.dimensions ?? [],
      covariates: input.covariates ?? [],
      plan: input.plan ?? {},
      variants: [],
      metrics: [],
    };
    return this.checked(content, variants, metrics, null);
  }

  async withChanges(experiment: Experiment, changes: ExperimentChanges): Promise<ExperimentContent> {
    const { variants, metrics, ...rest } = changes;
    const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    const content: ExperimentContent = { ...contentOf(experiment), ...said };
    return this.checked(content, variants ?? content.variants, metrics ?? content.metrics, experiment);
  }

  private async checked(
    content: ExperimentContent,
    variants: readonly VariantInput[],
    metrics: readonly MetricRoleInput[],
    before: Experiment | null,
  ): Promise<ExperimentContent> {
    const task = await this.tasks.find(content.task);
    const definitions = await this.definitionsOf(metrics, before);
    const whole: ExperimentContent = {
      ...content,
      variants: await this.pinModels(variants, before),
      metrics: metrics.map((metric, index) => pinnedMetric(metric, definitions[index]!, before)),
    };
    checkContent(whole, task.unitType, definitions);
    await this.design.requireReferences(whole, task);
    return whole;
  }

  /** Started experiments keep the versions they have; everything else takes the newest. */
  private async definitionsOf(
    metrics: readonly MetricRoleInput[],
    before: Experiment | null,
  ): Promise<MetricDefinition[]> {
    const newest = await this.metrics.findAll(metrics.map((metric) => metric.metric));
    if (!before?.startedAt) return newest;
    const pinned = await this.metrics.byIds(before.metrics.map((metric) => metric.metricId));
    const byKey = new Map(pinned.map((definition) => [definition.key, definition]));
    return newest.map((definition) => byKey.get(definition.key) ?? definition);
  }

  private async pinModels(
    variants: readonly VariantInput[],
    before: Experiment | null,
  ): Promise<ExperimentVariant[]> {
    const pinned: ExperimentVariant[] = [];
    for (const { key, model, weight, control } of variants) {
      const same = before?.variants.find((variant) => variant.key === key);
      const reference = same && meansTheSame(model, same.model) ? same.model : model;
      const found = await this.models.find(reference);
      pinned.push({
        key,
        modelId: found.id,
        model: modelRef(found),
        weight,
        control,
        ranges: same?.ranges ?? null,
      });
    }
    return pinned;
  }
}

/** The parts a person writes, out of the whole. */
export function contentOf(experiment: Experiment): ExperimentContent {
  const { name, owner, tags, task, environment, hypothesis, template, assignment, audience, overrides } =
    experiment;
  const { prerequisites, trafficShare, startAt, endAt, dimensions, covariates, variants, metrics, plan } =
    experiment;
  return {
    ...{ name, owner, tags, task, environment, hypothesis, template, assignment, audience, overrides },
    ...{ prerequisites, trafficShare, startAt, endAt, dimensions, covariates, variants, metrics, plan },
  };
}

/** A key without a version, sent back for an arm that has it, means the version the arm has. */
function meansTheSame(given: string, current: string): boolean {
  const reference = parseModelRef(given);
  return reference.version === null && reference.key === parseModelRef(current).key;
}

function pinnedMetric(
  input: MetricRoleInput,
  definition: MetricDefinition,
  before: Experiment | null,
): ExperimentMetric {
  const same = before?.metrics.find((metric) => metric.metric === input.metric);
  return {
    metric: input.metric,
    metricId: definition.id,
    version: definition.version,
    role: input.role,
    mde: input.mde ?? null,
    margin: input.margin ?? null,
    harmMargin: input.harmMargin ?? null,
    addedAt: same?.addedAt ?? null,
  };
}
