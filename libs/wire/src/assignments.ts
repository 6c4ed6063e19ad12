import { attributes, object, oneOf, text, unit, units, type Schema } from './schema.js';

/** Body of POST /api/v1/assignments. */
export interface AssignmentsRequest {
  readonly unit?: string;
  readonly units?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly tasks?: readonly string[];
  readonly expose?: boolean;
}

export interface AssignedModel {
  readonly key: string;
  readonly version: number;
  readonly provider: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface WireAssignment {
  readonly task: string;
  readonly variant: string | null;
  readonly model: AssignedModel | null;
  readonly source: string;
  readonly reason: string;
  readonly experiment?: string;
  readonly rollout?: string;
  readonly propensity: number;
  readonly assignmentId: string;
}

/** Answer of POST /api/v1/assignments. */
export interface AssignmentsResponse {
  readonly assignments: readonly WireAssignment[];
  readonly rulesetVersion: number;
}

export const MAX_TASKS_PER_REQUEST = 1000;

/** The same closed list as `REASONS` of the bucketing library; a spec compares them. */
export const WIRE_REASONS = [
  'SPLIT',
  'ROLLOUT',
  'OVERRIDE',
  'HOLDOUT',
  'DEFAULT',
  'DISABLED',
  'UNIT_MISSING',
  'STALE',
  'NO_CHAMPION',
  'TASK_UNKNOWN',
  'ERROR',
] as const;

export const WIRE_SOURCES = ['experiment', 'rollout', 'override', 'holdout', 'champion', 'none'] as const;

export const assignmentsRequestSchema: Schema = object(
  {
    unit,
    units,
    attributes,
    tasks: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_TASKS_PER_REQUEST,
      items: text(128, 'Key of a task.', 'support-reply'),
      description: 'Keys of the tasks to decide; without it, every task of the environment.',
      example: ['support-reply'],
    },
    expose: {
      type: 'boolean',
      description:
        'Whether this answer will be used now, so that the unit counts as exposed. Default: true when exactly one task is asked, false otherwise; then send an exposure event, or outcomes with the assignmentId, once it is used.',
      example: true,
    },
  },
  [],
  { example: { unit: 'user-42', tasks: ['support-reply'], attributes: { plan: 'pro' } } },
);

const modelSchema: Schema = object(
  {
    key: { type: 'string', example: 'fast-model' },
    version: { type: 'integer', example: 2 },
    provider: { type: 'string', example: 'openai' },
    name: { type: 'string', description: 'The name the provider knows it by.', example: 'gpt-4.1-mini' },
    parameters: { type: 'object', additionalProperties: true, example: { temperature: 0.2 } },
  },
  ['key', 'version', 'provider', 'name', 'parameters'],
  { nullable: true, description: 'Who serves. Null only when the task is unknown or has no champion.' },
);

export const assignmentSchema: Schema = object(
  {
    task: { type: 'string', example: 'support-reply' },
    variant: {
      type: 'string',
      nullable: true,
      description: 'The assigned arm; null outside experiments and rollouts.',
      example: 'challenger',
    },
    model: modelSchema,
    source: oneOf(WIRE_SOURCES, 'Which rule answered.', 'experiment'),
    reason: oneOf(
      WIRE_REASONS,
      'Why. SPLIT: an experiment; ROLLOUT: a staged rollout; OVERRIDE: the unit is named in an experiment; HOLDOUT: held back on a frozen champion; DEFAULT: the champion, nothing wanted the unit; DISABLED: the task is switched off; UNIT_MISSING: no unit of the type of the task was given; STALE: the edge has lost touch, rollout units get the champion meanwhile; NO_CHAMPION: no model is set; TASK_UNKNOWN: no such task in this environment; ERROR: evaluation failed, the champion serves.',
      'SPLIT',
    ),
    experiment: {
      type: 'string',
      description: 'Key of the experiment that chose.',
      example: 'shorter-replies',
    },
    rollout: { type: 'string', description: 'Key of the rollout that chose.' },
    propensity: {
      type: 'number',
      description:
        'Probability of this arm among the units of the same experiment or rollout; 1 where nothing was drawn.',
      example: 0.5,
    },
    assignmentId: {
      type: 'string',
      description:
        'Signed token that stands for this assignment. Send it back with outcomes: they then count for exactly this arm.',
      example: 'a2.WyJwcm9kdWN0aW9uIl0.mk2bq0u3.dXNlci00Mg.5dQ0fVb4b0Y1u3E2mV9sWg',
    },
  },
  ['task', 'variant', 'model', 'source', 'reason', 'propensity', 'assignmentId'],
);

export const assignmentsResponseSchema: Schema = object(
  {
    assignments: { type: 'array', items: assignmentSchema },
    rulesetVersion: {
      type: 'integer',
      description: 'Version of the rules this was decided by.',
      example: 17,
    },
  },
  ['assignments', 'rulesetVersion'],
);
