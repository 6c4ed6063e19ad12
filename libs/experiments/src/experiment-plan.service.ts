import { Injectable } from '@nestjs/common';
import type { MetricDefinition } from '@app/registry';
import {
  type Amount,
  amountAgainst,
  type Baseline,
  baselineOf,
  type PlanQuestion,
  unitsForBenefit,
  unitsForNonInferiority,
} from '@app/stats';
import { controlOf, type Experiment, type ExperimentMetric } from './domain/experiment.js';
import { DEFAULT_MARGIN, resolvePlan } from './domain/fix-at-start.js';
import { TrafficReader } from './ports/traffic.reader.js';

/** What is known of one deciding metric before the start. */
export interface MetricPower {
  readonly metric: string;
  readonly role: 'success' | 'guardrail';
  /** The effect worth having, or the margin. */
  readonly amount: Amount;
  /** Null when the task has no history of it. */
  readonly baseline: Baseline | null;
  /** Units over all arms; null when unknown. */
  readonly requiredUnits: number | null;
  /** Why it is unknown, or what the figure means. */
  readonly note: string;
}

/** How many units an experiment needs, from what its task has shown before. */
@Injectable()
export class ExperimentPlanService {
  constructor(private readonly traffic: TrafficReader) {}

  async power(experiment: Experiment, definitions: readonly MetricDefinition[]): Promise<MetricPower[]> {
    const question = questionOf(experiment);
    const found: MetricPower[] = [];
    for (const [index, metric] of experiment.metrics.entries()) {
      if (metric.role === 'exploratory') continue;
      found.push(await this.metricPower(experiment, metric, definitions[index]!, question));
    }
    return found;
  }

  /** Units the success metrics need; null when history does not tell. */
  async unitsFromPower(
    experiment: Experiment,
    definitions: readonly MetricDefinition[],
  ): Promise<number | null> {
    if (experiment.plan.plannedUnits !== undefined) return null;
    const success = (await this.power(experiment, definitions)).filter((power) => power.role === 'success');
    const known = success.flatMap((power) => power.requiredUnits ?? []);
    return known.length > 0 && known.length === success.length ? Math.max(...known) : null;
  }

  private async metricPower(
    experiment: Experiment,
    metric: ExperimentMetric,
    definition: MetricDefinition,
    question: PlanQuestion,
  ): Promise<MetricPower> {
    const role = metric.role as MetricPower['role'];
    const amount = role === 'success' ? metric.mde! : (metric.margin ?? DEFAULT_MARGIN);
    const moments = await this.traffic.baseline(experiment.task, experiment.environment, metric.metric);
    const baseline = moments && baselineOf(moments);
    const shown = { metric: metric.metric, role, amount: { value: amount.value, type: amount.type } };
    if (!baseline) {
      return {
        ...shown,
        baseline: null,
        requiredUnits: null,
        note: `nothing was measured of ${definition.name} on ${experiment.task} yet; state a mean and sd at POST /api/v1/power`,
      };
    }
    const size = amountAgainst(amount, baseline);
    const units =
      size === null
        ? null
        : role === 'success'
          ? unitsForBenefit(question, baseline, size)
          : unitsForNonInferiority(question, baseline, size);
    return { ...shown, baseline, requiredUnits: units, note: noteOf(role, units, baseline) };
  }
}

function noteOf(role: MetricPower['role'], units: number | null, baseline: Baseline): string {
  if (units === null) return `its baseline is ${baseline.mean} and does not vary, so a size cannot be told`;
  return role === 'success'
    ? 'units over all variants to see the smallest effect worth having, looking at any time'
    : 'units over all variants to prove it within its margin, if nothing has changed';
}

/** The question an experiment's plan asks. */
export function questionOf(experiment: Experiment): PlanQuestion {
  const plan = resolvePlan(experiment.plan, null);
  const roles = experiment.metrics.map((metric) => metric.role);
  return {
    control: controlOf(experiment.variants).weight,
    treatments: experiment.variants.filter((variant) => !variant.control).map((variant) => variant.weight),
    alpha: plan.alpha,
    power: plan.power,
    successMetrics: roles.filter((role) => role === 'success').length,
    guardrails: roles.filter((role) => role === 'guardrail').length,
    alphaNonInferiority: plan.alphaNonInferiority ?? 0.05,
    method: plan.method,
  };
}
