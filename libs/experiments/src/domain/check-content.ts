import { conditionProblem } from '@app/bucketing';
import type { MetricDefinition } from '@app/registry';
import type { ExperimentContent, ExperimentMetric, ExperimentVariant } from './experiment.js';
import { ExperimentError } from './experiment.errors.js';
import { checkPrerequisites } from './prerequisites.js';

/**
 * Whether the parts of an experiment fit together, whatever its state.
 *
 * @param unitType    of the task
 * @param definitions of the experiment's metrics, in its order
 * @throws ExperimentError naming the first thing that does not
 */
export function checkContent(
  content: ExperimentContent,
  unitType: string,
  definitions: readonly MetricDefinition[],
): void {
  checkVariants(content.variants);
  checkMetrics(content.metrics, unitType, definitions);
  const known = new Set(content.variants.map((variant) => variant.key));
  for (const [unit, variant] of Object.entries(content.overrides)) {
    if (!known.has(variant)) {
      throw new ExperimentError(
        'VARIANT_UNKNOWN',
        `the override of ${unit} names "${variant}", which is no variant here`,
      );
    }
  }
  const problem = content.audience === null ? null : conditionProblem(content.audience);
  if (problem) throw new ExperimentError('AUDIENCE_NOT_VALID', problem);
  checkPrerequisites(content);
  const { startAt, endAt } = content;
  if (startAt && endAt && endAt.getTime() <= startAt.getTime()) {
    throw new ExperimentError(
      'DATES_NOT_ORDERED',
      `it would end at ${endAt.toISOString()}, which is not after its start at ${startAt.toISOString()}`,
    );
  }
}

export function checkVariants(
  variants: ReadonlyArray<Pick<ExperimentVariant, 'key' | 'weight' | 'control'>>,
): void {
  if (variants.length < 2) {
    throw new ExperimentError(
      'VARIANTS_TOO_FEW',
      `a comparison needs two variants or more; there is ${variants.length}`,
    );
  }
  const repeated = firstRepeated(variants.map((variant) => variant.key));
  if (repeated !== null)
    throw new ExperimentError('VARIANT_REPEATED', `there are two variants called "${repeated}"`);
  const controls = variants.filter((variant) => variant.control);
  if (controls.length === 0) {
    throw new ExperimentError(
      'CONTROL_MISSING',
      'no variant is the control; mark the one others are compared with',
    );
  }
  if (controls.length > 1) {
    const names = controls.map((variant) => variant.key).join(' and ');
    throw new ExperimentError('CONTROL_REPEATED', `${names} are both the control; there can be one`);
  }
  if (!(controls[0]!.weight > 0)) {
    throw new ExperimentError(
      'WEIGHTS_NOT_VALID',
      'the control has no weight, so nothing could be compared with it',
    );
  }
  if (!variants.some((variant) => !variant.control && variant.weight > 0)) {
    throw new ExperimentError('WEIGHTS_NOT_VALID', 'no variant beside the control has any weight');
  }
}

function checkMetrics(
  metrics: readonly ExperimentMetric[],
  unitType: string,
  definitions: readonly MetricDefinition[],
): void {
  const repeated = firstRepeated(metrics.map((metric) => metric.metric));
  if (repeated !== null)
    throw new ExperimentError('METRIC_REPEATED', `the metric ${repeated} is listed twice`);
  for (const [index, metric] of metrics.entries()) checkMetric(metric, unitType, definitions[index]!);
}

function checkMetric(metric: ExperimentMetric, unitType: string, definition: MetricDefinition): void {
  const { role } = metric;
  if (role === 'success' && !metric.mde) {
    throw new ExperimentError(
      'MDE_MISSING',
      `${metric.metric} is a success metric: say the smallest effect worth having (mde), e.g. 0.05 relative`,
    );
  }
  if (role !== 'success' && metric.mde) notAllowed(metric, 'an mde', 'success');
  if (role !== 'guardrail' && metric.margin) notAllowed(metric, 'a margin', 'guardrail');
  if (role !== 'guardrail' && metric.harmMargin) notAllowed(metric, 'a harmMargin', 'guardrail');
  if (definition.unitType !== null && definition.unitType !== unitType) {
    throw new ExperimentError(
      'METRIC_UNIT_MISMATCH',
      `${metric.metric} is measured per ${definition.unitType}, but the task randomises each ${unitType}`,
    );
  }
  if (role === 'exploratory') return;
  if (definition.direction === 'none') {
    throw new ExperimentError(
      'METRIC_HAS_NO_DIRECTION',
      `${metric.metric} has no good direction, so it can only be exploratory, not ${role}`,
    );
  }
  if (definition.kind === 'quantile') {
    throw new ExperimentError(
      'METRIC_NOT_DECIDABLE',
      `${metric.metric} is a quantile: decide by a proportion with a threshold (a service level) and keep it exploratory`,
    );
  }
}

function notAllowed(metric: ExperimentMetric, what: string, role: string): never {
  throw new ExperimentError(
    'METRIC_FIELDS_NOT_ALLOWED',
    `${metric.metric} is ${metric.role} and has ${what}, which only a ${role} metric has`,
  );
}

function firstRepeated(keys: readonly string[]): string | null {
  return keys.find((key, index) => keys.indexOf(key) !== index) ?? null;
}
