import { ApiParam } from '@nestjs/swagger';

export const ExperimentParam = (): MethodDecorator =>
  ApiParam({ name: 'key', description: 'Key of the experiment.', example: 'reply-large' });

/** What can be wrong with what an experiment says. */
export const CONTENT_PROBLEMS = [
  'TASK_UNKNOWN',
  'MODEL_UNKNOWN',
  'METRIC_UNKNOWN',
  'VARIANTS_TOO_FEW',
  'VARIANT_REPEATED',
  'VARIANT_UNKNOWN',
  'CONTROL_MISSING',
  'CONTROL_REPEATED',
  'WEIGHTS_NOT_VALID',
  'METRIC_REPEATED',
  'MDE_MISSING',
  'METRIC_FIELDS_NOT_ALLOWED',
  'METRIC_HAS_NO_DIRECTION',
  'METRIC_NOT_DECIDABLE',
  'METRIC_UNIT_MISMATCH',
  'AUDIENCE_NOT_VALID',
  'SEGMENT_UNKNOWN',
  'SEGMENT_NESTING',
  'PREREQUISITE_NOT_VALID',
  'PREREQUISITE_UNIT_MISMATCH',
  'DATES_NOT_ORDERED',
] as const;
