import { type Experiment, type ExperimentChanges, type ExperimentInput, resolvePlan } from '@app/experiments';
import { toDate } from '../http/instant.js';
import type { ExperimentDto } from './dto/experiment.dto.js';
import type { CreateExperimentDto, UpdateExperimentDto } from './dto/write-experiment.dto.js';

/** An experiment as the API shows it. */
export function experimentDto(experiment: Experiment): ExperimentDto {
  const { fixedAtStart, variants, metrics, plan, ranges: _ranges, ...rest } = experiment;
  const total = variants.reduce((sum, variant) => sum + variant.weight, 0);
  return {
    ...rest,
    variants: variants.map(({ key, model, weight, control }) => ({
      key,
      model,
      weight,
      share: weight / total,
      control,
    })),
    metrics: metrics.map(({ metricId: _id, ...metric }) => metric),
    plan: fixedAtStart?.plan ?? draftPlan(plan),
    nStar: fixedAtStart?.nStar ?? null,
  };
}

/** Until it starts, planned units may still come from the power calculation: no number is promised. */
function draftPlan(plan: Experiment['plan']): ExperimentDto['plan'] {
  return { ...resolvePlan(plan, null), plannedUnits: plan.plannedUnits };
}

export function experimentInput({ startAt, endAt, ...body }: CreateExperimentDto): ExperimentInput {
  return { ...body, startAt: toDate(startAt), endAt: toDate(endAt) };
}

export function experimentChanges({ startAt, endAt, ...body }: UpdateExperimentDto): ExperimentChanges {
  return { ...body, startAt: toDate(startAt), endAt: toDate(endAt) };
}
